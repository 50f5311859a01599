"""Measuring a check on labelled texts: what it catches, what it misses, where it cries wolf."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table: how many of the bad were caught, and of the good objected to."""

    check: str
    data: str
    bad: int
    caught: int
    good: int
    alarms: int
    ms: float


def read(path: Path) -> Rows:
    """The rows of a gzipped JSONL file; none if it is absent."""
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def measure(
    check: str, data: str, bad: Rows, good: Rows, objects: Callable[[dict[str, Any]], bool]
) -> Iterator[Measured]:
    """Run `objects` over both kinds of rows; nothing where there are no rows."""
    if not bad and not good:
        return
    started = time.perf_counter()
    caught, alarms = sum(map(objects, bad)), sum(map(objects, good))
    ms = (time.perf_counter() - started) * 1_000 / (len(bad) + len(good))
    yield Measured(check, data, len(bad), caught, len(good), alarms, ms)


def table(lines: list[Measured]) -> Table:
    """The figures, for people."""
    made = Table(title="Checks")
    for column in ("check", "data", "caught", "missed", "false alarms", "ms a text"):
        left = column in {"check", "data"}
        made.add_column(column, justify="left" if left else "right", overflow="fold")
    for line in lines:
        caught = f"{line.caught} of {line.bad} ({line.caught / line.bad:.0%})" if line.bad else ""
        missed = str(line.bad - line.caught) if line.bad else ""
        alarms = (
            f"{line.alarms} of {line.good} ({line.alarms / line.good:.0%})" if line.good else ""
        )
        made.add_row(line.check, line.data, caught, missed, alarms, f"{line.ms:.2f}")
    return made
