"""The long runs of the fault machine: `python -m tests.soak [--rounds N] [--turns N]`.

First many short rounds in which processes are killed and frozen at every boundary, on both
databases; then one long run each for one, two and four workers on PostgreSQL, with the database
stopped in the middle of one more. Everything is judged as in the tests; the first thing that does
not hold ends it with its seed.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.databases import Database
from tests.faults import machine
from tests.faults.machine import Machine, Ran
from tests.faults.servers import Server, own_server
from tests.faults.verdict import judge, sound
from tests.faults.victim import Plan

HOUR, SHORTLY = 3600.0, 300.0
LEASE = 4.0
"""Seconds; shorter than in earnest, longer than a busy machine holds a process up."""


def main(  # noqa: PLR0917 - the options of a command
    rounds: Annotated[int, typer.Option(help="Short rounds on each database.")] = 150,
    turns: Annotated[int, typer.Option(help="Turns in each long run.")] = 10_000,
    threads: Annotated[int, typer.Option(help="Threads that they are spread over.")] = 1_000,
    model_seconds: Annotated[float, typer.Option(help="How long a call of a model takes.")] = 0.5,
    seed: Annotated[int, typer.Option(help="What chance begins with.")] = 1,
    beside: Annotated[int, typer.Option(help="Short rounds at a time; they mostly wait.")] = 4,
) -> None:
    """Run everything and print what was survived."""
    console = Console()
    with own_server() as server:
        seeds = range(seed, seed + rounds)
        console.print(_survived(asyncio.run(_rounds(console, server, seeds, beside))))
        rates = {
            workers: asyncio.run(_long(server, workers, seed, model_seconds, turns, threads))
            for workers in (1, 2, 4)
            if turns
        }
        console.print(_throughput(rates, turns))


async def _rounds(console: Console, server: Server, seeds: range, beside: int) -> Counter[str]:
    """All short rounds, some at a time; gives what was struck in all of them."""
    struck, places = Counter[str](), asyncio.Semaphore(beside)

    async def play(database: str, seed: int) -> None:
        async with places:
            began = time.monotonic()
            ran = await _round(server, database, seed)
            struck.update(ran.struck)
            took = time.monotonic() - began
            console.print(
                f"{database} {seed}: {ran.kills} killed, {ran.freezes} frozen, {took:.0f} s"
            )

    async with asyncio.TaskGroup() as tasks:
        for number in seeds:
            for database in ("sqlite", "postgresql"):
                tasks.create_task(play(database, number))
    return struck


async def _round(server: Server, database: str, seed: int) -> Ran:
    """One short round; on SQLite it is one process, which is started again."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if database == "sqlite":
            made = Database(f"sqlite:///{folder / 'desk.db'}", folder / "keys")
            plan = _plan(made, folder, seed, kill=0.015, freeze=0.005, lost=0.05, told=True)
            return await _survive(Machine(plan, frozen_for=0.5), made, 60, 20, SHORTLY)
        made = server.database(f"round{seed}")
        plan = _plan(made, folder, seed, kill=0.01, freeze=0.01, lost=0.05)
        return await _survive(Machine(plan, workers=2), made, 60, 20, SHORTLY)


async def _long(  # noqa: PLR0917 - all that a run is made of
    server: Server, workers: int, seed: int, model_seconds: float, turns: int, threads: int
) -> Ran:
    with tempfile.TemporaryDirectory() as name:
        made = server.database(f"long{workers}")
        faults = {"kill": 0.0002, "freeze": 0.0002, "lost": 0.005}
        pace = {"in_flight": 32, "step_seconds": model_seconds, "lease": LEASE}
        plan = _plan(made, Path(name), seed, **pace, **faults)
        return await _survive(Machine(plan, workers=workers), made, turns, threads, HOUR)


async def _survive(
    made: Machine, database: Database, messages: int, threads: int, within: float
) -> Ran:
    store = database.open()
    try:
        ran = await machine.run(made, store, messages=messages, threads=threads, within=within)
        await judge(store, ran.receipts, made.plan.board)
        await store.sequence()
    finally:
        await store.close()
    await asyncio.to_thread(sound, database.url, database.keys)
    return ran


def _plan(database: Database, folder: Path, seed: int, **more: float) -> Plan:
    return Plan(
        url=database.url,
        keys=database.keys,
        board=folder / "board.db",
        struck=folder / "struck",
        seed=seed,
        **more,  # type: ignore[arg-type]
    )


def _survived(struck: Counter[str]) -> Table:
    table = Table("boundary", "killed", "frozen", title="Survived")
    for point in sorted({line.partition("\t")[2] for line in struck}):
        table.add_row(point, str(struck[f"kill\t{point}"]), str(struck[f"freeze\t{point}"]))
    return table


def _throughput(rates: dict[int, Ran], turns: int) -> Table:
    table = Table("workers", "turns/s", "of one worker", "killed", "frozen", title="Throughput")
    for workers, ran in rates.items():
        share = rates[1].seconds / ran.seconds
        table.add_row(
            str(workers),
            f"{turns / ran.seconds:.0f}",
            f"{share:.2f}",
            str(ran.kills),
            str(ran.freezes),
        )
    return table


if __name__ == "__main__":
    typer.run(main)
