"""A tick of the clock beside many open tickets, and how it grows with their number.

    python -m benchmarks.clock [--quick]

The tickets are rows of the real schema in a SQLite file, each with both its clocks running. A tick
is all that the clock does at once: deadlines, and silent tickets. It is measured with nothing due,
with a hundred reminders due, and while every deadline has to be worked out anew.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, insert, update

from bot.clock.deadlines import DeadlineKeeper
from bot.clock.silence import Silence
from bot.settings import Settings
from router.ticket_facts import Target
from router.ticket_life import TicketStatus
from storage.clocks import reckon_anew
from storage.database import open_store
from storage.ledger.append import Appender
from storage.ledger.leaf import NO_HASH
from storage.ledger.tables import CHAIN
from storage.store import SqlStore
from storage.tables import TICKET
from storage.ticket_tables import CLOCK

FEW, MANY = 10_000, 100_000
QUICK = (2_000, 20_000)
DUE = 100
TICKS = 20
TARGET_SECONDS = 1.0
HOUR_US = 3_600 * 1_000_000
RULES = {"hours": {"mon-sun": "00:00-24:00"}, "ladder": ["100% channel"]}


@dataclass(frozen=True, slots=True)
class Measured:
    """Ticks beside so many tickets, in seconds."""

    tickets: int
    idle: list[float]
    due: float
    anew: list[tuple[float, int]]

    @property
    def slowest(self) -> float:
        """The slowest of all ticks."""
        return max(*self.idle, self.due, *(seconds for seconds, _ in self.anew))


def main(quick: Annotated[bool, typer.Option("--quick", help="Fewer tickets.")] = False) -> None:
    """Print what a tick takes; exit code 1 if one took a second."""
    console = Console()
    with console.status("measuring…"):
        found = [asyncio.run(measured(number)) for number in (QUICK if quick else (FEW, MANY))]
    console.print(table(found))
    few, many = found
    grown = median(many.idle) / median(few.idle)
    console.print(
        f"{many.tickets // few.tickets} times the tickets, {grown:.1f} times the time of an "
        "idle tick."
    )
    slowest = max(one.slowest for one in found)
    console.print(f"The slowest tick took {slowest:.2f} s; the target is under a second.")
    raise typer.Exit(int(slowest >= TARGET_SECONDS))


def table(found: list[Measured]) -> Table:
    """One row a number of tickets; milliseconds."""
    made = Table(
        *("open tickets", "idle, median", "idle, slowest", f"{DUE} reminders due"),
        *("all stale, slowest", "deadlines worked out a second"),
        title="A tick of the clock, in ms",
    )
    for one in found:
        busy = [(seconds, number) for seconds, number in one.anew if number]
        figures = (median(one.idle), max(one.idle), one.due, max(busy)[0])
        rate = sum(number for _, number in busy) / sum(seconds for seconds, _ in busy)
        shown = (f"{1000 * value:.1f}" for value in figures)
        made.add_row(f"{one.tickets:,}", *shown, f"{rate:,.0f}")
    return made


async def measured(tickets: int) -> Measured:
    """Tick beside so many open tickets."""
    settings = Settings(sla=RULES)
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'desk.db'}")
        keeper, silence = DeadlineKeeper(store, settings.sla), Silence(store, settings)
        await keeper.tick()
        names = await filled(store, tickets)

        async def tick() -> int:
            looked = await keeper.tick()
            await silence.tick()
            return looked.reckoned

        idle = [await took(tick) for _ in range(TICKS)]
        await store.write(lambda db, appender: overdue(db, appender, names[:DUE]))
        due = await took(tick)
        await store.write(lambda db, appender: reckon_anew(db))
        anew = [await timed(tick) for _ in range(TICKS)]
        await store.close()
    return Measured(tickets, idle, due, anew)


async def took(tick: Callable[[], Awaitable[Any]]) -> float:
    """Seconds of one tick."""
    began = time.perf_counter()
    await tick()
    return time.perf_counter() - began


async def timed(tick: Callable[[], Awaitable[int]]) -> tuple[float, int]:
    """Seconds of one tick, and how many deadlines it worked out."""
    began = time.perf_counter()
    reckoned = await tick()
    return time.perf_counter() - began, reckoned


async def filled(store: SqlStore, tickets: int) -> list[str]:
    """Put down tickets that wait for staff, and their clocks; give their names."""
    names: list[str] = []
    for begun in range(0, tickets, 10_000):
        numbers = range(begun, min(begun + 10_000, tickets))
        names += await store.write(partial(_put, numbers))
    return names


def _put(numbers: range, connection: Connection, appender: Appender) -> list[str]:
    """Insert some tickets that were opened this minute."""
    now = appender.now_us()
    person = appender.keys.subjects.ref("slack", "T1", "U1")
    rows = [row(appender, now, person, number) for number in numbers]
    connection.execute(insert(TICKET), rows)
    connection.execute(insert(CHAIN), [chain(appender, str(one["id"])) for one in rows])
    connection.execute(
        insert(CLOCK), [clock for one in rows for clock in clocks(str(one["id"]), now)]
    )
    return [str(one["id"]) for one in rows]


def row(appender: Appender, now: int, person: str, number: int) -> dict[str, Any]:
    """A ticket that waits for staff."""
    return {
        "id": appender.names.short("T", now),
        "source": "slack",
        "workspace": "T1",
        "channel": "C1",
        "conversation": f"C1:{number}",
        "status": TicketStatus.WAITING_FOR_STAFF,
        "subject_ref": person,
        "questions": 0,
        "asked": "[]",
        "owned_by_human": 0,
        "opened_us": now,
        "updated_us": now,
    }


def chain(appender: Appender, ticket: str) -> dict[str, Any]:
    """The chain of its entries, which has none yet."""
    mac = appender.keys.chain_mac(ticket, 0, NO_HASH, 0)
    return {"ticket_id": ticket, "seq": 0, "head": NO_HASH, "rec_us": 0, "mac": mac}


def clocks(ticket: str, now: int) -> Iterator[dict[str, Any]]:
    """Both its clocks, worked out already."""
    for target in Target:
        yield {
            "ticket_id": ticket,
            "target": target,
            "round": 0,
            "spans": json.dumps([[now, None]]),
            "used_us": 0,
            "target_us": 8 * HOUR_US,
            "due_us": now + 8 * HOUR_US,
            "remind_us": now + 8 * HOUR_US,
            "level": 0,
            "breaches": 0,
            "stale": 0,
        }


def overdue(connection: Connection, appender: Appender, names: list[str]) -> None:
    """Let the first response of some tickets be due since a minute."""
    now = appender.now_us()
    begun = now - 8 * HOUR_US - 60 * 1_000_000
    values = {"spans": json.dumps([[begun, None]]), "remind_us": now - 60 * 1_000_000}
    which = CLOCK.c.ticket_id.in_(names) & (CLOCK.c.target == Target.FIRST_RESPONSE)
    connection.execute(update(CLOCK).where(which).values(values))


if __name__ == "__main__":
    typer.run(main)
