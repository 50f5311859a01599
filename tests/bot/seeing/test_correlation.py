"""One id in the logs from a message's delivery to the post of its answer."""

import json
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.seeing.logs import configure_logs
from tests.bot.slack.desks import QUICK, bench


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_delivery_and_post_share_an_id_and_no_line_holds_what_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], transport: str
) -> None:
    async with Sandbox(timing=QUICK) as slack, bench(slack, tmp_path, transport) as desk:
        configure_logs("INFO", "json")
        for question in ("my secret garden", "my other secret garden"):
            asked = await slack.post("ana", "help", f"@frontdesk {question}")
            await desk.answer(asked)
        await desk.settled()
    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]

    received = {one["correlation"]: one for one in lines if one["event"] == "received"}
    posted = {one["correlation"]: one for one in lines if one["event"].startswith("posted as")}
    assert len(received) == 2
    assert set(received) == set(posted)
    for message, line in received.items():
        assert line["delivery"].startswith("Ev")
        assert line["ticket"] == posted[message]["ticket"]
    assert "garden" not in written
