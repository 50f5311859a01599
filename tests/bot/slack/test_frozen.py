"""Frozen at the worst moment and woken after another took over, a desk says everything once."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.bot.slack.test_crash import process


def is_stopped(pid: int) -> bool:
    """Whether a process is frozen."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.mark.parametrize("point", ["asleep_before_post", "asleep_after_post"])
async def test_frozen_desk_that_was_overtaken_does_not_post_again(
    slack: Sandbox, tmp_path: Path, point: str
) -> None:
    async with process(slack, tmp_path, "http", point) as first:
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        await slack.wait_for(lambda: is_stopped(first.pid), within=15)
        async with process(slack, tmp_path, "http"):
            await slack.wait_for(lambda: slack.answers("help", thread=asked.ts), within=20)
            await asyncio.sleep(1.0)
            os.kill(first.pid, signal.SIGCONT)
            await asyncio.sleep(3.0)
            said = [one.text for one in slack.answers("help", thread=asked.ts)]
            assert said == ["About hello there: it is done."]
