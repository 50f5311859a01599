"""Socket Mode comes back by itself, whatever happened to its sockets."""

from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.slack.sockets import SocketsLost, Watch
from frontdesk import SettingsError
from tests.bot.slack.desks import Bench, bench


async def ask(desk: Bench, text: str) -> None:
    asked = await desk.slack.post("ana", "help", f"@frontdesk {text}")
    assert text in (await desk.answer(asked, within=15)).text


async def test_cut_sockets_are_opened_again(slack: Sandbox, tmp_path: Path) -> None:  # G
    async with bench(slack, tmp_path, "socket") as desk:
        await slack.wait_for(lambda: len(slack.core.sockets.open) == 2)
        before = slack.calls("apps.connections.open")
        slack.core.sockets.cut()
        await slack.wait_for(
            lambda: (
                slack.calls("apps.connections.open") >= before + 2
                and len(slack.core.sockets.open) == 2
            ),
            within=15,
        )
        await ask(desk, "after the cut")


async def test_refresh_loses_nothing(slack: Sandbox, tmp_path: Path) -> None:  # G
    async with bench(slack, tmp_path, "socket") as desk:
        await slack.core.sockets.disconnect("refresh_requested")
        await ask(desk, "during the refresh")


async def test_spent_ticket_is_replaced(slack: Sandbox, tmp_path: Path) -> None:  # G
    async with bench(slack, tmp_path, "socket") as desk:
        slack.fault("handshakes", "refuse", times=2, status=503)
        slack.core.sockets.cut()
        await slack.wait_for(lambda: not slack.core.faults.waiting, within=15)
        await slack.wait_for(lambda: len(slack.core.sockets.open) == 2, within=15)
        await ask(desk, "after the refusal")


async def test_two_sockets_are_open_and_health_says_so(slack: Sandbox, tmp_path: Path) -> None:
    async with bench(slack, tmp_path, "socket") as desk:
        await slack.wait_for(lambda: len(slack.core.sockets.open) == 2)
        await ask(desk, "hello")
        await slack.wait_for(lambda: desk.served.health()["sockets"] == 2)
        assert desk.served.health()["last_delivery_seconds"] < 5


async def test_wrong_tokens_are_told_at_the_start(slack: Sandbox, tmp_path: Path) -> None:
    wrong = "xapp-" + "wrong"
    with pytest.raises(SettingsError, match="SLACK_APP_TOKEN"):
        async with bench(slack, tmp_path, "socket", slack_app_token=wrong):
            pass
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN"):
        async with bench(slack, tmp_path, "http", slack_bot_token="xoxb-" + "wrong"):
            pass


async def test_slack_that_stays_away_ends_the_process(slack: Sandbox, tmp_path: Path) -> None:
    watch = Watch(look=0.05, first=0.05, new_address=0.2, replace=0.4, give_up=1.0, ping=0.2)
    async with bench(slack, tmp_path, "socket", watch=watch) as desk:
        slack.fault("handshakes", "refuse", times=999, status=503)
        slack.core.sockets.cut()
        with pytest.raises(SocketsLost, match="SLACK_APP_TOKEN"):
            await desk.served.until_one_fails()
