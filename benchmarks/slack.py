"""How fast Slack gets its acknowledgements while every answer takes twenty seconds.

    python -m benchmarks.slack [--quick]

`frontdesk run` serves the local stand-in for Slack from a process of its own, with agents whose
model takes 20 seconds for each answer. Mentions arrive at 200 events a second: each is delivered as
`message` and as `app_mention`, as in Slack. Then the desk is killed without warning, and every
delivery that it acknowledged has to be found in its database.
"""

from __future__ import annotations

import asyncio
import csv
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import psutil
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, select

from benchmarks.agents_server import Serving, model_server
from bot.sandbox import Delivery, Sandbox
from storage.tables import MESSAGE

EXAMPLES = Path(__file__).parents[1] / "examples" / "tickets.csv"
MODEL_SECONDS, EVENTS_A_SECOND, EVENTS_A_MENTION = 20, 200, 2
AUTHOR = "ana"
SECONDS, QUICK_SECONDS = 10, 5
ACK_SECONDS = 3.0
START_SECONDS, END_SECONDS = 60.0, 30.0
TRANSPORTS = {"http": "HTTP", "socket": "Socket Mode"}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one run; times in seconds, `cpu` of the desk per second."""

    sent: int
    took: float
    acknowledged: int
    times: Sequence[float]
    lost: int
    at_work: int
    cpu: float

    def at(self, share: float) -> float:
        """The time within which this share of all deliveries was acknowledged."""
        return float(np.percentile(self.times, 100 * share)) if self.times else float("inf")

    @property
    def fast(self) -> bool:
        """Whether the 99.9th percentile is within what Slack allows."""
        return self.at(0.999) < ACK_SECONDS

    @property
    def whole(self) -> bool:
        """Whether everything was acknowledged, and kept."""
        return self.acknowledged == self.sent and not self.lost


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Half as long.")] = False,
) -> None:
    """Print what was reached beside the targets; exit code 1 if one was missed."""
    seconds = QUICK_SECONDS if quick else SECONDS
    results = {}
    with model_server(Serving(latency_ms=MODEL_SECONDS * 1000)) as model:
        for transport in TRANSPORTS:
            with TemporaryDirectory() as folder:
                results[transport] = asyncio.run(measured(transport, Path(folder), model, seconds))
    Console().print(table(results))
    raise typer.Exit(int(not all(one.fast and one.whole for one in results.values())))


def table(results: dict[str, Result]) -> Table:
    """All runs as a table, one in a column."""
    title = f"Slack, while every answer takes {MODEL_SECONDS} s"
    shown = Table("what", "target", *(TRANSPORTS[name] for name in results), title=title)

    def row(what: str, target: str, told: Callable[[Result], str]) -> None:
        shown.add_row(what, target, *(told(one) for one in results.values()))

    row("events a second", str(EVENTS_A_SECOND), lambda one: f"{one.sent / one.took:.0f}")
    row("acknowledged", "all", lambda one: f"{one.acknowledged} of {one.sent}")
    for name, share in (("p50", 0.5), ("p99", 0.99), ("slowest", 1.0)):
        row(name, "", lambda one, share=share: _milliseconds(one.at(share)))  # type: ignore[misc]
    limit = f"< {1000 * ACK_SECONDS:.0f} ms"
    row("p99.9", limit, lambda one: _marked(_milliseconds(one.at(0.999)), one.fast))
    row("acknowledged, then lost", "0", lambda one: _marked(str(one.lost), one.whole))
    row("answers at work when killed", "", lambda one: str(one.at_work))
    row("CPU of the desk", "", lambda one: f"{one.cpu:.0%} of a core")
    return shown


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


def _marked(text: str, met: bool) -> str:
    return f"[{'green' if met else 'red'}]{text}"


async def measured(transport: str, folder: Path, model: str, seconds: int) -> Result:
    """One run over one transport."""
    async with Sandbox() as slack:
        slack.core.deliveries.log = deque()  # the sandbox forgets old ones; none may be missed
        with desk(slack, transport, folder, model) as process:
            await _ready(slack, transport, process)
            began, cpu = asyncio.get_running_loop().time(), _cpu(process)
            await _send(slack, seconds)
            took = asyncio.get_running_loop().time() - began
            used = (_cpu(process) - cpu) / took
            await slack.wait_until_settled(END_SECONDS)
            process.kill()
        author = slack.workspace.user(AUTHOR).id
        sent = [one for one in slack.deliveries if one.body["event"].get("user") == author]
    answered = [one for one in sent if one.acknowledged]
    kept = _kept(folder)
    return Result(
        sent=len(sent),
        took=took,
        acknowledged=len(answered),
        times=[one.attempts[0].seconds for one in sent],
        lost=len({_place(one) for one in answered} - kept.keys()),
        at_work=sum(state == "begun" for state in kept.values()),
        cpu=used,
    )


@contextmanager
def desk(
    slack: Sandbox, transport: str, folder: Path, model: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the program as its operator does, with nothing but addresses and secrets."""
    joined = {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "FRONTDESK_SLACK_TRIAGE_CHANNEL": slack.workspace.channel("triage").id,
        "ANTHROPIC_BASE_URL": model,
        "ANTHROPIC_API_KEY": "local",
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", str(folder)),
    }
    if transport == "socket":
        joined["SLACK_APP_TOKEN"] = slack.app_token
    else:
        port = _free_port()
        joined |= {"SLACK_SIGNING_SECRET": slack.signing_secret, "PORT": str(port)}
        slack.request_url = f"http://127.0.0.1:{port}/slack/events"
    program = [str(Path(sys.executable).with_name("frontdesk")), "run"]
    with subprocess.Popen(program, cwd=folder, env=joined, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own program
        try:
            yield process
        finally:
            process.kill()


async def _ready(slack: Sandbox, transport: str, process: subprocess.Popen[bytes]) -> None:
    async with asyncio.timeout(START_SECONDS):
        if transport == "socket":
            await slack.wait_for(lambda: slack.core.sockets.open, START_SECONDS)
            return
        while process.poll() is None and not await slack.verify_request_url():  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def _send(slack: Sandbox, seconds: int) -> None:
    """Write mentions at an even pace, however long any acknowledgement takes."""
    with EXAMPLES.open(newline="") as file:
        texts = cycle([row["text"] for row in csv.DictReader(file)])
    loop = asyncio.get_running_loop()
    began, pause = loop.time(), EVENTS_A_MENTION / EVENTS_A_SECOND
    for number in range(int(seconds / pause)):
        await asyncio.sleep(max(0.0, began + number * pause - loop.time()))
        text = f"@frontdesk {next(texts)} This is about workspace {number:05}."
        await slack.post(AUTHOR, "help", text)


def _place(delivery: Delivery) -> str:
    """What a delivered message is called in the database."""
    event = delivery.body["event"]
    return f"{delivery.body['team_id']}:{event['channel']}:{event['ts']}"


def _kept(folder: Path) -> dict[str, str]:
    """All messages in the database that the killed desk left, and the states of their turns."""
    engine = create_engine(f"sqlite:///{folder / 'frontdesk.db'}")
    try:
        with engine.connect() as db:
            found = db.execute(select(MESSAGE.c.delivery_id, MESSAGE.c.turn_state))
            return {row.delivery_id: row.turn_state for row in found}
    finally:
        engine.dispose()


def _cpu(process: subprocess.Popen[bytes]) -> float:
    used = psutil.Process(process.pid).cpu_times()
    return float(used.user + used.system)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    typer.run(main)
