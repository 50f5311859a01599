"""Runs every benchmark and sums up what each took: `python -m benchmarks [DATA] [--quick]`.

DATA is a folder with the public data sets; without it, what needs them is skipped and said. A
benchmark is a module with a name of one word (`routing`); its parts are called after it
(`routing_tasks`). Each runs in a process of its own, so that none warms another's caches.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
WRONG_USAGE = 2
WATCH_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark and what its program may be given."""

    name: str
    needs_data: bool
    knows_quick: bool
    knows_data: bool = True

    def command(self, data: Path | None, quick: bool) -> list[str]:
        """How to run it."""
        given = [str(data)] if data and self.knows_data else []
        return [
            *(sys.executable, "-m", f"benchmarks.{self.name}", *given),
            *(["--quick"] if quick and self.knows_quick else []),
        ]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a benchmark ended; memory in MB, at its highest, of its own process."""

    code: int
    seconds: float
    memory: float

    @property
    def ended(self) -> str:
        """In a word."""
        return {0: "done", WRONG_USAGE: "could not run"}.get(self.code, "found a miss")


def main(
    data: Annotated[Path | None, typer.Argument(help="Folder with the public data sets.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Smaller samples.")] = False,
) -> None:
    """Run all benchmarks one after another; exit code 1 if one of them did not end well."""
    console = Console()
    summary = Table("benchmark", "ended", "seconds", "peak MB", title="All benchmarks")
    codes = []
    for benchmark in benchmarks():
        if benchmark.needs_data and data is None:
            summary.add_row(benchmark.name, "skipped: needs DATA", "", "")
            continue
        console.rule(benchmark.name)
        ran = run(benchmark.command(data, quick))
        codes.append(ran.code)
        summary.add_row(benchmark.name, ran.ended, f"{ran.seconds:.0f}", f"{ran.memory:.0f}")
    console.print(summary)
    raise typer.Exit(int(any(codes)))


def benchmarks() -> Iterator[Benchmark]:
    """Every benchmark that there is, by name."""
    for path in sorted(HERE.glob("*.py")):
        if "_" in path.stem:
            continue
        tree = ast.parse(path.read_text())
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == "main":
                names = [argument.arg for argument in node.args.args]
                needed = len(node.args.defaults) < len(names)
                takes_data = bool(names) and names[0] not in ("quick", "entries")
                yield Benchmark(path.stem, needed, "quick" in names, takes_data)


def run(command: list[str]) -> Ran:
    """Run a benchmark; what it prints is seen as it comes."""
    began, memory = time.perf_counter(), 0.0
    with subprocess.Popen(command, cwd=HERE.parent) as process:  # noqa: S603 - our own program
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                memory = max(memory, watched.memory_info().rss / 1e6)
            except psutil.NoSuchProcess:
                break
            time.sleep(WATCH_SECONDS)
    return Ran(process.returncode, time.perf_counter() - began, memory)


if __name__ == "__main__":
    typer.run(main)
