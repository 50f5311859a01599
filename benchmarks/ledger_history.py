"""Makes a log of any size out of honest turns, by the desk's own appender and sequencer.

The clock of the log runs through a year, whatever time this takes.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from storage.database import migrate, open_store
from storage.ledger.append import Appender
from storage.ledger.drill.turns import PER_TURN, write_turns
from storage.store import SqlStore

TURNS_AT_ONCE = 100
YEAR_US = 365 * 86_400_000_000


@dataclass(slots=True)
class Clock:
    """The log's time, in microseconds since 1970."""

    now_us: int
    step_us: int

    def __call__(self) -> int:
        """The next moment."""
        self.now_us += self.step_us
        return self.now_us


def made(url: str, keys: Path, entries: int, *, seed: int = 1) -> float:
    """Make a log of about so many entries in an empty database; seconds that it took."""
    migrate(url)
    store = open_store(url, keys)
    began = time.perf_counter()
    asyncio.run(_fill(store, entries, random.Random(seed)))
    return time.perf_counter() - began


async def _fill(store: SqlStore, entries: int, chance: random.Random) -> None:
    clock = Clock(time.time_ns() // 1000 - YEAR_US, max(YEAR_US // (entries * 2), 1))
    try:
        for first in range(0, entries // PER_TURN + 1, TURNS_AT_ONCE):
            turns = range(first, min(first + TURNS_AT_ONCE, entries // PER_TURN + 1))

            def job(connection: Connection, appender: Appender, turns: range = turns) -> None:
                write_turns(connection, replace(appender, now_us=clock), turns, chance)

            await store.write(job)
            await store.sequence()
    finally:
        await store.close()
