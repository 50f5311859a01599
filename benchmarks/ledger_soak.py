"""What takes too long for every test run: random tampering, honest histories, killed writers.

`python -m benchmarks.ledger_soak [--changes N] [--histories N] [--kills N]`. Exit code 1 if a
change was not found, an honest history was, or an entry was lost that was said to be safe.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.ledger_writer import begun
from storage.database import open_store
from storage.ledger.drill import copies
from storage.ledger.drill.fuzz import change
from storage.ledger.verify import verify
from storage.store import SqlStore

AT_A_TIME = 50


def main(
    changes: Annotated[int, typer.Option(help="Random changes with plain SQL.")] = 10_000,
    histories: Annotated[int, typer.Option(help="Honest histories.")] = 1_000,
    kills: Annotated[int, typer.Option(help="Writers that are killed.")] = 1_000,
) -> None:
    """Run all three, on every processor."""
    console, wrong = Console(), 0
    parts = (
        ("changes", fuzzed, changes),
        ("histories", honest, histories),
        ("kills", killed, kills),
    )
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for name, work, count in (part for part in parts if part[2]):
            began = time.perf_counter()
            batches = [(seed, min(AT_A_TIME, count - seed)) for seed in range(0, count, AT_A_TIME)]
            problems = [
                one for found in pool.map(work, *zip(*batches, strict=True)) for one in found
            ]
            took = time.perf_counter() - began
            console.print(f"{count} {name} in {took:.0f} s: {len(problems)} went wrong")
            for problem in problems[:20]:
                console.print(f"  {problem}", markup=False, style="red")
            wrong += len(problems)
    raise typer.Exit(int(wrong > 0))


def fuzzed(seed: int, count: int) -> list[str]:
    """Changes that were not found, or found elsewhere."""
    with tempfile.TemporaryDirectory() as home:
        original, chance = copies.made(Path(home) / "original"), random.Random(seed)
        done = 0
        problems = []
        while done < count:
            found = change(original, Path(home) / "victim", chance)
            if found is None:
                continue
            done += 1
            if not (found.found and found.located):
                problems.append(f"{'not located' if found.found else 'not found'}: {found.what}")
        return problems


def honest(seed: int, count: int) -> list[str]:
    """Honest histories in which something was found."""
    problems = []
    for number in range(seed, seed + count):
        with tempfile.TemporaryDirectory() as home:
            report = verify(f"sqlite:///{_history(Path(home), random.Random(number))}")
            if not report.ok:
                problems.append(f"history {number}: {report.findings[:3]}")
    return problems


def _history(home: Path, chance: random.Random) -> Path:
    asyncio.run(_lived(home / "desk.db", chance))
    return home / "desk.db"


async def _lived(file: Path, chance: random.Random) -> None:
    """Turns, some of them cut off anywhere; sequencing, artifacts and restarts in any order."""
    number = 0
    for _ in range(chance.randrange(1, 4)):
        store = open_store(f"sqlite:///{file}")
        for _ in range(chance.randrange(1, 12)):
            number += 1
            await _act(store, number, chance)
        await store.close()


async def _act(store: SqlStore, number: int, chance: random.Random) -> None:
    act = chance.random()
    if act < 0.7:
        steps = await begun(store, f"{number}", chance)
        for step in steps[: chance.choice([len(steps), chance.randrange(len(steps))])]:
            await store.record(step)
    elif act < 0.9:
        await store.sequence()
    else:
        await store.keep("prompt", str(chance.randrange(3)).encode())


def killed(seed: int, count: int) -> list[str]:
    """Writers that died at any moment, with what was lost of what they had said is safe."""
    problems = []
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "desk.db"
        chance = random.Random(seed)
        safe: set[str] = set()
        for number in range(count):
            safe |= _one_life(file, f"{seed}-{number}", chance.uniform(0.05, 0.6))
            problems += list(_lost(file, safe))
            report = verify(f"sqlite:///{file}")
            if not report.ok:
                problems.append(f"kill {seed + number}: {report.findings[:3]}")
    return problems


def _one_life(file: Path, name: str, seconds: float) -> set[str]:
    """Let a writer write for a while, kill it, and give the entries it was told are safe."""
    command = [sys.executable, "-m", "benchmarks.ledger_writer", str(file), name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603 - ours
        assert writer.stdout is not None  # noqa: S101 - it is a pipe
        writer.stdout.readline()
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)
        told = writer.stdout.read()
    return {line.strip() for line in told.splitlines(keepends=True) if line.endswith("\n")}


def _lost(file: Path, safe: set[str]) -> Iterator[str]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as reader:
        there = {entry for (entry,) in reader.execute("SELECT id FROM audit_entry")}
    for entry in sorted(safe - there):
        yield f"entry {entry} was lost"


if __name__ == "__main__":
    typer.run(main)
