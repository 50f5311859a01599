"""What the desk does about all tickets, in Slack: the digest with its picture, once."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.sandbox import Sandbox
from bot.slack.backroom import Morning
from bot.slack.noticeboard import noticeboard
from bot.slack.staffroom import _home
from tests.bot.slack.rooms import room


class Tomorrow:
    """A clock that is a day ahead, in the evening."""

    def now(self) -> datetime:
        return datetime.now(UTC).replace(hour=20) + timedelta(days=1)


async def test_the_triage_channel_is_told_of_the_day_once_with_a_picture(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with room(slack, tmp_path) as desk, noticeboard(desk.served.desk):
        await desk.slack.post("ana", "help", "@frontdesk where is my invoice?")
        await desk.settled()
        morning = Morning(desk.served.desk, partial(_home, desk.served.desk), Tomorrow())
        for _ in range(3):
            await morning.tick()
        said = await slack.wait_for(
            lambda: [one for one in slack.answers("triage") if one.files], 10.0
        )
        texts = [one.text for one in slack.answers("triage") if "ticket came in" in one.text]

    assert len(texts) == 1
    assert "1 ticket came in (1 by slack). Answered without a person: 1 (100%)" in texts[0]
    assert len(said) == 1
    assert said[0].files[0]["name"].endswith(".png")
