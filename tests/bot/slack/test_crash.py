"""Killed at the worst moment, a desk still says everything once."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.bot.slack.desks import TRANSPORTS

KILLED = -9


@asynccontextmanager
async def process(
    slack: Sandbox, folder: Path, transport: str, point: str = ""
) -> AsyncIterator[Process]:
    """A desk in a process, which dies at `point`, or at the end."""
    way = (
        {"SLACK_APP_TOKEN": slack.app_token}
        if transport == "socket"
        else {"SLACK_SIGNING_SECRET": slack.signing_secret, "PORT": "0"}
    )
    environment = {
        **os.environ,
        **way,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_API_URL": slack.api_url,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bot.slack.desk_process",
        str(folder),
        point,
        env=environment,
        stdout=PIPE,
    )
    assert running.stdout is not None
    port = int((await running.stdout.readline()).decode())
    if transport == "http":
        slack.request_url = f"http://127.0.0.1:{port}/slack/events"
    else:
        await slack.wait_for(lambda: slack.core.sockets.open)
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("point", ["before_ack", "in_turn", "after_model", "after_post"])
async def test_killed_desk_answers_exactly_once_after_a_restart(  # D, 11
    slack: Sandbox, tmp_path: Path, transport: str, point: str
) -> None:
    async with process(slack, tmp_path, transport, point) as first:
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        assert await asyncio.wait_for(first.wait(), 10) == KILLED
    async with process(slack, tmp_path, transport):
        said = await slack.wait_for(lambda: slack.answers("help", thread=asked.ts), within=10)
        place = (asked.channel, asked.ts)
        await slack.wait_for(
            lambda: (
                place not in slack.workspace.sessions
                or slack.workspace.sessions[place].status == "active"
            )
        )
        await asyncio.sleep(0.5)
        assert slack.workspace.thread_status(*place) is None
        assert [one.text for one in slack.answers("help", thread=asked.ts)] == [said[0].text]
        assert said[0].text == "About hello there: it is done."


async def test_killed_desk_leaves_no_stream_open(slack: Sandbox, tmp_path: Path) -> None:  # T
    async with process(slack, tmp_path, "http", "in_stream") as first:
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        live = (await slack.wait_for(lambda: slack.answers("help", thread=asked.ts)))[0]
        await asyncio.sleep(0.2)
        first.kill()
        await first.wait()
    slack.expire_stream("help", live.ts)
    async with process(slack, tmp_path, "http"):
        await slack.wait_for(lambda: "it is done" in live.text, within=10)
        await asyncio.sleep(0.3)
        assert slack.answers("help", thread=asked.ts) == [live]
