"""The Procfile as it stands under a Procfile runner, on PostgreSQL, with Slack over HTTP."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from bot.sandbox import Sandbox
from bot.sandbox.records import Message
from tests.databases import Database
from tests.programs import FRONTDESK, environment

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
STAYS = 8.0
"""Seconds in which the others, which start at the same moment, must have come up as well."""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def status(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        # There is no event for what another process does.
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110
            await asyncio.sleep(0.2)


def surroundings(slack: Sandbox, database: Database, folder: Path, cache: Path) -> dict[str, str]:
    """The environment of the processes."""
    return environment(
        folder,
        cache,
        PATH=f"{Path(FRONTDESK).parent}{os.pathsep}{os.environ['PATH']}",
        FRONTDESK_DATABASE_URL=database.url,
        FRONTDESK_KEYS=str(database.keys),
        SLACK_API_URL=slack.api_url,
        SLACK_BOT_TOKEN=slack.bot_token,
        SLACK_SIGNING_SECRET=slack.signing_secret,
        FRONTDESK_SLACK_TRIAGE_CHANNEL=slack.workspace.channel("triage").id,
    )


@contextlib.contextmanager
def started(env: dict[str, str], folder: Path, *command: str) -> Iterator[subprocess.Popen[str]]:
    """A program, ended with all that it started."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.timeout(180)
async def test_procfile_serves_and_stops_in_good_order(
    on_postgres: Database, tmp_path: Path, cache: Path
) -> None:
    port = free_port()
    async with Sandbox() as slack:
        env = surroundings(slack, on_postgres, tmp_path, cache)
        honcho = (sys.executable, "-m", "honcho", "-f", str(ROOT / "Procfile"), "-d", str(tmp_path))
        start = ("start", "-p", str(port), "-c", "worker=2")
        with started(env, tmp_path, *honcho, *start) as process:
            await until(lambda: status(port, "/readyz")[0] == 200)
            slack.request_url = f"http://127.0.0.1:{port}/slack/events"
            asked = await slack.post("ana", "help", "@frontdesk I was charged twice, what now?")

            def answers() -> list[Message]:
                said = slack.answers("help", thread=asked.ts)
                return [one for one in said if not one.is_live]

            await slack.wait_for(answers, PATIENCE)
            assert "frontdesk_messages_received_total" in status(port, "/metrics")[1]

            process.send_signal(signal.SIGTERM)
            said, _ = await asyncio.to_thread(process.communicate, timeout=PATIENCE)

        assert len(answers()) == 1
    assert "Traceback" not in said
    assert said.count("Stopped.") == 4  # web, two workers, clock


@pytest.mark.timeout(180)
async def test_procfile_comes_up_and_stays_up_in_an_empty_folder(
    tmp_path: Path, cache: Path
) -> None:
    port, path = free_port(), f"{Path(FRONTDESK).parent}{os.pathsep}{os.environ['PATH']}"
    env = environment(tmp_path, cache, PATH=path)
    del env["FRONTDESK_DATABASE_URL"]
    honcho = (sys.executable, "-m", "honcho", "-f", str(ROOT / "Procfile"), "-d", str(tmp_path))
    with started(env, tmp_path, *honcho, "start", "-p", str(port)) as process:
        await until(lambda: status(port, "/readyz")[0] == 200)
        await asyncio.sleep(STAYS)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        said, _ = await asyncio.to_thread(process.communicate, timeout=PATIENCE)

    assert [
        name for name in ("web", "worker", "clock") if f"without Slack: {name}" not in said
    ] == []
    assert said.count("Stopped.") == 3
    assert said.count("(rc=0)") == 3
    assert "Traceback" not in said
    assert (tmp_path / "frontdesk.db").is_file()


@pytest.mark.timeout(240)
async def test_killed_clock_is_replaced_and_no_card_is_shown_twice(
    on_postgres: Database, tmp_path: Path, cache: Path
) -> None:
    async with Sandbox() as slack:
        env = surroundings(slack, on_postgres, tmp_path, cache)
        ports = [free_port() for _ in range(3)]
        watched = [{**env, "FRONTDESK_METRICS_PORT": str(port)} for port in ports[1:]]
        with (
            started({**env, "PORT": str(ports[0])}, tmp_path, FRONTDESK, "web"),
            started(env, tmp_path, FRONTDESK, "worker"),
            started(watched[0], tmp_path, FRONTDESK, "clock") as first,
            started(watched[1], tmp_path, FRONTDESK, "clock") as second,
        ):
            await until(lambda: all(status(port, "/readyz")[0] == 200 for port in ports))
            slack.request_url = f"http://127.0.0.1:{ports[0]}/slack/events"
            await slack.post("ana", "help", "@frontdesk please let me talk to a person")
            await slack.wait_for(lambda: slack.answers("triage"), PATIENCE)

            clocks = {clock.pid: clock for clock in (first, second)}
            clocks[await asyncio.to_thread(pid_of_holder, on_postgres, "slack-cards")].kill()
            await slack.post("ana", "help", "@frontdesk a person, please, about another thing")
            await slack.wait_for(lambda: len(slack.answers("triage")) > 1, PATIENCE)
            await asyncio.sleep(2)

            assert len(slack.answers("triage")) == 2


def pid_of_holder(database: Database, job: str) -> int:
    """Which process does a job of the clock."""
    with psycopg.connect(database.url) as connection:
        row = connection.execute("SELECT holder FROM clock_slot WHERE job = %s", [job]).fetchone()
    assert row is not None
    return int(row[0].split("/")[1])
