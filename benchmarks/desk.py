"""The whole desk without a language model: start, speed, memory, and public tickets to their end.

    python -m benchmarks.desk [DATA] [--quick]

Without DATA the example tickets are asked again and again, each time in other words; with it, its
folders `tickets`, `banking77` and `clinc150` are also put through `frontdesk triage`.
"""

from __future__ import annotations

import asyncio
import csv
import gzip
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated

import psutil
import typer
from rich.console import Console
from rich.table import Table

from bot.app import App, open_app
from bot.messengers import RecordOnly
from bot.settings import Settings
from bot.triage.batch import Done, run_batch
from bot.triage.reading import Row

EXAMPLES = Path(__file__).parents[1] / "examples" / "tickets.csv"
PUBLIC = ("tickets/train_en", "banking77/train", "clinc150/val")
JOBS, SEED, STARTS, QUARTERS = 8, 11, 3, 4
READY_SECONDS, READY_MB, TURNS_A_SECOND, FLAT_MB = 2.5, 300, 50, 10
HELP_SECONDS, LIST_SECONDS = 0.5, 1.0
START = """
import time
began = time.perf_counter()
import asyncio, json, sys
from pathlib import Path
from bot.app import open_app
from bot.messengers import RecordOnly
from bot.settings import Settings
imported = time.perf_counter()

async def main(folder):
    settings = Settings(database_url=f"sqlite:///{folder}/desk.db", cache=folder / "cache")
    async with open_app(settings, RecordOnly()):
        ready = time.perf_counter()
        import psutil
        memory = psutil.Process().memory_info().rss / 1e6
        cpu = time.process_time()
        print(json.dumps([imported - began, ready - imported, cpu, memory]))

asyncio.run(main(Path(sys.argv[1])))
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: `met` is None where there is no target."""

    what: str
    reached: str
    target: str = ""
    met: bool | None = None


def main(
    data: Annotated[Path | None, typer.Argument(help="Folder with the public data sets.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer tickets.")] = False,
) -> None:
    """Print what was reached beside the targets."""
    console = Console()
    table = Table("what", "target", "reached", "met", title="The desk without a model")
    with TemporaryDirectory() as name, console.status("measuring…"):
        folder = Path(name)
        for line in (*starts(folder), *work(folder, quick)):
            mark = {True: "[green]yes", False: "[red]no", None: ""}[line.met]
            table.add_row(line.what, line.target, line.reached, mark)
        ends = list(public(folder, data, 200 if quick else 1_000)) if data else []
    console.print(table)
    for told in ends:
        console.print(told)


def starts(folder: Path) -> Iterator[Line]:
    """How long it takes from nothing to a ready desk, and for the small commands to end."""
    imports, opens, cpu, _ = start(folder)
    yield Line("start to ready, the very first", f"{imports + opens:.2f} s, CPU {cpu:.2f} s")
    runs = [start(folder) for _ in range(STARTS)]
    imports, opens = median(run[0] for run in runs), median(run[1] for run in runs)
    cpu, memory = median(run[2] for run in runs), max(run[3] for run in runs)
    reached = f"{imports + opens:.2f} s ({imports:.2f} import, {opens:.2f} open), CPU {cpu:.2f} s"
    target = f"< {READY_SECONDS} s"
    yield Line("start to ready, afterwards", reached, target, imports + opens < READY_SECONDS)
    yield Line("memory when ready", f"{memory:.0f} MB", f"< {READY_MB} MB", memory < READY_MB)
    for arguments, limit in ((("--help",), HELP_SECONDS), (("plugins", "list"), LIST_SECONDS)):
        took = median(command(folder, *arguments) for _ in range(STARTS))
        what = " ".join(("frontdesk", *arguments))
        yield Line(what, f"{took:.2f} s", f"< {limit} s", took < limit)


def start(folder: Path) -> tuple[float, float, float, float]:
    """Seconds to import, to open, and of CPU for both; and MB; of a desk in its own process."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", START, str(folder)], capture_output=True, text=True, check=True
    )
    imports, opens, cpu, memory = json.loads(done.stdout)
    return imports, opens, cpu, memory


def command(folder: Path, *arguments: str) -> float:
    """Seconds that a command takes from start to end."""
    began = time.perf_counter()
    program = [str(Path(sys.executable).with_name("frontdesk")), *arguments]
    subprocess.run(program, cwd=folder, capture_output=True, check=True)  # noqa: S603
    return time.perf_counter() - began


def work(folder: Path, quick: bool) -> Sequence[Line]:
    """Tickets through one desk in this process: speed, CPU, and memory as it goes on."""
    return asyncio.run(_work(folder, 400 if quick else 4_000))


async def _work(folder: Path, tickets: int) -> Sequence[Line]:
    settings = Settings(database_url=f"sqlite:///{folder / 'desk.db'}", cache=folder / "cache")
    rows = unlike()
    async with open_app(settings, RecordOnly()) as app:
        await _through(app, rows, 50, "warm-up")
        memory = [_memory()]
        began, cpu = time.perf_counter(), time.process_time()
        for quarter in range(QUARTERS):
            await _through(app, rows, tickets // QUARTERS, f"quarter {quarter}")
            memory.append(_memory())
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
    rate, grown = tickets / took, memory[-1] - memory[QUARTERS // 2]
    shown = " → ".join(f"{one:.0f}" for one in memory)
    return (
        Line(
            f"turns a second, {JOBS} at once, durable",
            f"{rate:.0f}",
            f"≥ {TURNS_A_SECOND}",
            rate >= TURNS_A_SECOND,
        ),
        Line("CPU per ticket", f"{1000 * cpu / tickets:.1f} ms"),
        Line(
            f"memory over {tickets:,} tickets",
            f"{shown} MB",
            f"second half < +{FLAT_MB} MB",
            grown < FLAT_MB,
        ),
    )


def unlike() -> Iterator[Row]:
    """Example tickets without end, no two alike, so that nothing is answered from memory."""
    with EXAMPLES.open(newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    picked = random.Random(SEED)
    for number in count():
        since = f"This is about workspace {number:05}, since {number % 28 + 1} May."
        yield Row(number, str(number), f"{picked.choice(texts)} {since}")


async def _through(app: App, rows: Iterator[Row], number: int, batch: str) -> None:
    some = [next(rows) for _ in range(number)]
    async for end in run_batch(some, desk=app.desk, store=app.store, batch=batch, jobs=JOBS):
        assert isinstance(end, Done), end  # noqa: S101 - a figure over failures means nothing


def _memory() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


def public(folder: Path, data: Path, sample: int) -> Iterator[Table | str]:
    """`frontdesk triage` over a sample of each public data set, to its end."""
    table = Table("triage of", "tickets", "seconds", "exit", "outcomes", title="Public tickets")
    for name in PUBLIC:
        path = data / f"{name}.jsonl.gz"
        if not path.is_file():
            yield f"skipped: {name} is absent"
            continue
        given = _sampled(path, folder / f"{path.parent.name}.jsonl", sample)
        began = time.perf_counter()
        done = _triage(given, folder)
        took = time.perf_counter() - began
        ends = [json.loads(line) for line in done.stdout.splitlines()]
        counts = Counter(end["outcome"] for end in ends)
        told = ", ".join(f"{number} {outcome}" for outcome, number in counts.most_common())
        table.add_row(name, f"{len(ends)}/{sample}", f"{took:.0f}", str(done.returncode), told)
    yield table


def _sampled(path: Path, into: Path, sample: int) -> Path:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    picked = random.Random(SEED).sample(texts, min(sample, len(texts)))
    rows = (json.dumps({"id": str(n), "text": text}) for n, text in enumerate(picked))
    into.write_text("\n".join(rows), encoding="utf-8")
    return into


def _triage(given: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("frontdesk"))
    arguments = [program, "triage", given.name, "--json", "--jobs", str(JOBS)]
    return subprocess.run(  # noqa: S603 - our own program
        arguments, cwd=folder, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    typer.run(main)
