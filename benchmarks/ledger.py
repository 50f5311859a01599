"""The audit trail at size: appending, verifying, proofs, search, on SQLite and PostgreSQL.

`python -m benchmarks.ledger [--quick] [--entries N]`. Targets are those of the design: appending
2,000 transactions a second on PostgreSQL (99 of 100 within 10 ms) and 3,000 on SQLite (none above
50 ms); verifying 75,000 entries a second on SQLite and 55,000 on PostgreSQL, 10,000 new ones within
half a second; a proof within 10 ms; a checkpoint within a second.

Those are targets for two processors with nothing else to do. What an entry takes of a processor
can be compared on a busy machine, too, so that is said besides, with what the target leaves for it.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.ledger_append import Appends, on_postgresql, on_sqlite
from benchmarks.ledger_history import made
from benchmarks.ledger_measures import (
    PROCESSORS,
    Measured,
    incremental,
    proof_seconds,
    search_milliseconds,
    sequencing,
    verifying,
)
from benchmarks.ledger_postgres import copied, first_process, server
from benchmarks.ledger_processors import Meter
from storage.database import migrate

MILLION = 1_000_000
QUICK = 30_000


def main(
    quick: Annotated[bool, typer.Option("--quick", help="A log of 30,000 entries.")] = False,
    entries: Annotated[int, typer.Option(help="Entries of the log.")] = MILLION,
) -> None:
    """Measure everything; exit code 1 if a target is missed at a million entries."""
    size = QUICK if quick else entries
    console, results = Console(), []
    home = Path(tempfile.mkdtemp(prefix="frontdesk-ledger-"))
    try:
        url = f"sqlite:///{home / 'desk.db'}"
        took = made(url, home / "keys", size)
        console.print(f"A log of {size:,} entries was made in {took:.0f} s.")
        with server(home) as address:
            migrate(address)
            copied(home / "desk.db", address)
            shutil.copytree(home / "keys", home / "more")  # two logs now: each remembers its own
            meter = Meter(first_process(home))
            results += list(_measured(console, "SQLite", url, home / "keys", quick, Meter()))
            results += list(_measured(console, "PostgreSQL", address, home / "more", quick, meter))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    console.print(_table(results, size))
    missed = [one for one in results if not one.good]
    raise typer.Exit(int(bool(missed) and size >= MILLION))


def _measured(  # noqa: PLR0917 - all of it is asked for once a database
    console: Console, name: str, url: str, keys: Path, quick: bool, meter: Meter
) -> Iterator[Measured]:
    on_file = url.startswith("sqlite")
    seconds = 3.0 if quick else 10.0
    with _told(console, f"{name}: verifying"):
        yield from verifying(name, url, keys, 75_000 if on_file else 55_000, meter)
    with _told(console, f"{name}: proofs and search"):
        yield proof_seconds(name, url, keys)
        yield from search_milliseconds(name, url, keys)
    with _told(console, f"{name}: new entries"):
        yield from incremental(name, url, keys)
        yield sequencing(name, url, keys)
    append: Callable[[str, Path, float], Appends] = on_sqlite if on_file else on_postgresql
    with _told(console, f"{name}: appending"), meter.running() as used:
        appends = append(url, keys, seconds)
    wanted, slowest = (3000, 50.0) if on_file else (2000, 10.0)
    found = appends.slowest if on_file else appends.p99
    yield Measured(f"{name}: transactions a second", appends.each_second, wanted)
    cpu_us = appends.cpu_us + 1e6 * used.server / appends.count
    at_work = 1 if on_file else PROCESSORS  # SQLite has one writer
    yield Measured(f"{name}: CPU for each, µs", cpu_us, at_work * 1e6 / wanted, most=True)
    what = "the slowest" if on_file else "99 of 100 within"
    yield Measured(f"{name}: {what}, ms", found, slowest, most=True)


@contextmanager
def _told(console: Console, what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    console.print(f"  {what}: {time.perf_counter() - began:.0f} s", style="dim")


def _table(results: list[Measured], size: int) -> Table:
    table = Table("measured", "found", "target", "", title=f"Audit trail at {size:,} entries")
    for one in results:
        target = f"{one.target:,.1f}".removesuffix(".0")
        bound = f"{'<=' if one.most else '>='} {target}"
        table.add_row(one.name, f"{one.found:,.1f}", bound, "met" if one.good else "missed")
    return table


if __name__ == "__main__":
    typer.run(main)
