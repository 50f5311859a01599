"""kill -9 in the middle of writing and sequencing: nothing that was acknowledged is lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from storage.ledger.verify import verify
from storage.store import SqlStore
from tests.storage.conftest import Database

KILLS = 10
ROOT = Path(__file__).parents[2]


def _killed(database: Database, prefix: str, chance: random.Random) -> list[tuple[str, str]]:
    """Let a process write, kill it at some moment, and give what it had acknowledged."""
    command = [sys.executable, "-m", "tests.storage.writing_process"]
    process = subprocess.Popen(
        [*command, database.url, str(database.keys), prefix],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(chance.random() / 4)
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    whole = [line for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]
    return [(act, message) for act, message in (line.split() for line in whole)]


async def _there(store: SqlStore, acknowledged: list[tuple[str, str]]) -> None:
    waiting = set(await store.unfinished())
    for act, message in acknowledged:
        ended = await store.outcome(message) is not None
        assert ended or message in waiting
        assert ended or act == "received"


async def test_nothing_acknowledged_is_lost_and_the_trail_stays_clean(database: Database) -> None:
    chance = random.Random(7)
    acknowledged: list[tuple[str, str]] = []
    for kill in range(KILLS if database.url.startswith("sqlite") else 2):
        acknowledged += _killed(database, f"k{kill}", chance)
        report = verify(database.url, database.keys)
        assert report.ok, report.findings
    store = database.open()
    await _there(store, acknowledged)
    await store.sequence()
    await store.close()
    report = verify(database.url, database.keys)
    assert report.ok, report.findings
    assert report.size == report.checked >= len(acknowledged)
