"""Measures searching, proving, exporting and erasing on a log of a million entries.

    python -m benchmarks.search [--quick] [--at URL --keys FOLDER]

Without `--at` a log is made first, by the desk's own appender: that takes some minutes. The targets
are those of the audit's design: 12 shapes of a search at 20 ms (with words 100 ms), a proof in
10 ms, 50,000 rows a second as JSON lines, and an erasure of 10,000 entries within a minute.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from unittest.mock import patch

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, func, select

from benchmarks.ledger_history import made
from benchmarks.ledger_postgres import copied, server
from storage.database import migrate, open_store
from storage.export.proofs import prove
from storage.export.rows import comma_separated, jsonl
from storage.ledger.drill import turns
from storage.ledger.tables import INDEX, LEAF
from storage.privacy.erasures import Erasures
from storage.privacy.facts import Basis
from storage.search.filters import Filter
from storage.search.search import Search
from storage.store import SqlStore

MILLION = 1_000_000
QUICK = 60_000
ROUNDS = 40
SEARCH_MS, WORDS_MS, PROOF_MS = 20.0, 100.0, 10.0
ROWS_PER_SECOND = 50_000
ERASE_SECONDS = 60.0
ERASED = 18_000
"""Entries of a log of which ten thousand have texts."""

CHANNELS = 20

Ask = Callable[[random.Random], Awaitable[object]]
Place = tuple[str, str, Path]


def main(
    quick: Annotated[bool, typer.Option("--quick", help="A smaller log.")] = False,
    at: Annotated[str, typer.Option(help="A log that is there already.")] = "",
    keys: Annotated[Path | None, typer.Option(help="Its key folder.")] = None,
    erase: Annotated[bool, typer.Option(help="Erase somebody in a log of their own too.")] = True,
) -> None:
    """Measure, and end with 1 if a target was missed at a million entries."""
    console, missed = Console(), False
    with logs(at, keys, QUICK if quick else MILLION, console) as places:
        for name, url, folder in places:
            missed |= asyncio.run(measured(name, url, folder, console))
    if erase:
        missed |= asyncio.run(erased(console))
    raise typer.Exit(int(missed and not quick))


@contextmanager
def logs(url: str, keys: Path | None, entries: int, console: Console) -> Iterator[list[Place]]:
    """The logs to measure on: one that is given, or the same on both databases."""
    with tempfile.TemporaryDirectory() as home:
        if url and keys:
            yield [("the log given", url, keys)]
            return
        folder = Path(home)
        url = f"sqlite:///{folder / 'desk.db'}"
        seconds = made(url, folder / "keys", entries)
        console.print(f"A log of {entries:,} entries, made in {seconds:.0f} s.")
        with server(folder) as address:
            migrate(address)
            copied(folder / "desk.db", address)
            shutil.copytree(folder / "keys", folder / "more")
            yield [
                ("SQLite", url, folder / "keys"),
                ("PostgreSQL", address, folder / "more"),
            ]


async def measured(name: str, url: str, keys: Path, console: Console) -> bool:
    """Measure everything on one database; whether a target was missed."""
    store = open_store(url, keys)
    table = Table("what", "p50", "p95", "target", title=f"{name}: search, proofs, exports")
    missed = False
    try:
        for what, ask, target in shapes(store, await facts_of(store)):
            missed |= shown(table, what, await timed(ask), target)
        missed |= await exported(store, table)
    finally:
        await store.close()
    console.print(table)
    return missed


async def facts_of(store: SqlStore) -> dict[str, Any]:
    """What there is to search for: tickets, entries, the span of time."""

    def job(connection: Connection) -> dict[str, Any]:
        ends = select(func.min(INDEX.c.rec_us), func.max(INDEX.c.rec_us))
        first, last = connection.execute(ends).one()
        size = connection.execute(select(func.max(LEAF.c.log_index))).scalar_one()
        some = [size * step // 50 for step in range(50)]
        query = select(LEAF.c.entry_id).where(LEAF.c.log_index.in_(some))
        entries = list(connection.execute(query).scalars())
        tickets = select(INDEX.c.ticket_id).where(INDEX.c.entry_id.in_(entries))
        tickets = tickets.where(INDEX.c.ticket_id.startswith("T-"))
        return {
            "first": _moment(first),
            "last": _moment(last),
            "entries": entries,
            "tickets": list(connection.execute(tickets).scalars()),
        }

    return await store.read(job)


def shapes(store: SqlStore, there: dict[str, Any]) -> Iterator[tuple[str, Ask, float]]:
    """The shapes of a search, each drawn anew every time."""
    search, last = Search(store), there["last"]

    def days(chance: random.Random, number: int) -> dict[str, datetime]:
        span = max((last - there["first"]).days - number, 1)
        until = last - timedelta(days=chance.randrange(span))
        return {"since": until - timedelta(days=number), "until": until}

    def page(make: Callable[[random.Random], Filter], after: bool = False) -> Ask:
        def ask(chance: random.Random) -> Awaitable[object]:
            place = chance.choice(there["entries"]) if after else None
            return search.page(make(chance), after=place)

        return ask

    def name(chance: random.Random) -> str:
        return chance.choice(("billing", "technical", "product"))

    def channel(chance: random.Random) -> str:
        return f"C{chance.randrange(CHANNELS)}"

    asked: list[tuple[str, Callable[[random.Random], Filter]]] = [
        ("a ticket's entries", lambda c: Filter(ticket=c.choice(there["tickets"]))),
        ("specialist, 7 days", lambda c: Filter(specialist=name(c), **days(c, 7))),
        (
            "unsure, specialist, 30 days",
            lambda c: Filter(specialist=name(c), below_bp=5500, **days(c, 30)),
        ),
        (
            "channel and kind, 30 days",
            lambda c: Filter(channel=channel(c), kind="route:decided", **days(c, 30)),
        ),
        (
            "five filters, a year",
            lambda c: Filter(
                channel=channel(c),
                kind="route:decided",
                specialist=name(c),
                below_bp=6000,
                outcome="go",
                **days(c, 365),
            ),
        ),
        ("outcome, 30 days", lambda c: Filter(outcome="replied", **days(c, 30))),
        ("kind of entries", lambda c: Filter(kind="route", **days(c, 30))),
        ("actor, 30 days", lambda c: Filter(actor=f"plugin:{name(c)}", **days(c, 30))),
        ("model, 30 days", lambda c: Filter(model="minilm", **days(c, 30))),
        ("workspace, a day", lambda c: Filter(workspace="local", **days(c, 1))),
        ("moved to, a rare outcome", lambda c: Filter(route_to=name(c), outcome="block")),
    ]
    for label, make in asked:
        yield label, page(make), SEARCH_MS
    yield "a page deep in the log", page(lambda _: Filter(), after=True), SEARCH_MS
    yield "counting a month", lambda c: search.count(Filter(**days(c, 30))), SEARCH_MS
    yield "two words", page(lambda _: Filter(words="charged twice")), WORDS_MS
    yield (
        "words that nobody wrote, specialist, 30 days",
        page(lambda c: Filter(words="zebra", specialist=name(c), **days(c, 30))),
        WORDS_MS,
    )
    yield "the proof of an entry", lambda c: prove(store, c.choice(there["entries"])), PROOF_MS


async def timed(ask: Ask) -> list[float]:
    """Milliseconds of each round; the first warms the caches and does not count."""
    chance, times = random.Random(7), []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        await ask(chance)
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times[1:])


def shown(table: Table, name: str, times: list[float], target: float) -> bool:
    """Put a row down; whether the target was missed."""
    p95 = times[int(len(times) * 0.95) - 1]
    missed = p95 > target
    mark = "[red]missed[/]" if missed else ""
    table.add_row(
        name, f"{statistics.median(times):.1f} ms", f"{p95:.1f} ms", f"{target:.0f} ms {mark}"
    )
    return missed


async def exported(store: SqlStore, table: Table) -> bool:
    """How many entries a second go out."""
    missed = False
    for name, make in (("JSON lines", jsonl), ("CSV", comma_separated)):

        def job(connection: Connection, make: Any = make) -> float:
            began, lines = time.perf_counter(), 0
            for part in make(connection, Filter()):
                lines += part.count(b"\n")
            return lines / (time.perf_counter() - began)

        rate = await store.read(job)
        missed |= rate < ROWS_PER_SECOND
        mark = "[red]missed[/]" if rate < ROWS_PER_SECOND else ""
        table.add_row(f"export as {name}", f"{rate:,.0f}/s", "", f"{ROWS_PER_SECOND:,}/s {mark}")
    return missed


async def erased(console: Console) -> bool:
    """Erase somebody with ten thousand entries, who is the only one in a log of their own."""
    with tempfile.TemporaryDirectory() as home:
        url, folder = f"sqlite:///{home}/desk.db", Path(home) / "keys"
        with patch.object(turns, "PEOPLE", 1):
            await asyncio.to_thread(made, url, folder, ERASED)
        store = open_store(url, folder)
        try:
            erasures = Erasures(store)
            person = await erasures.person("bench:U0")
            plan = await erasures.plan(person)
            began = time.perf_counter()
            name = await erasures.file(person, Basis.CONSENT_WITHDRAWN, "operator:one")
            await erasures.approve(name, "operator:two")
            seconds = time.perf_counter() - began
        finally:
            await store.close()
    console.print(f"Erasing {plan.entries:,} entries: {seconds:.1f} s, target {ERASE_SECONDS:.0f}.")
    return seconds > ERASE_SECONDS


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)


if __name__ == "__main__":
    typer.run(main)
