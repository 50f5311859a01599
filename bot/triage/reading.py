"""Reading a file of tickets, CSV or JSONL, line by line: a bad line costs only itself."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from frontdesk import FrontdeskError

LONGEST = 100_000
"""Characters of one ticket's text; a longer one is reported, not cut."""

LONGEST_ID = 500

csv.field_size_limit(16 * LONGEST)


class TicketFileError(FrontdeskError):
    """The file as a whole cannot be read as tickets."""


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of a file. `expected` is what should happen to it, where the file says so."""

    line: int
    id: str
    text: str
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no ticket, and why."""

    line: int
    problem: str


def read_tickets(path: Path) -> Iterator[Row | BadLine]:
    """Read tickets with `id`, `text` and optionally `expected`, in the file's order.

    Args:
        path: a `.csv` file with a header line, or a `.jsonl` (`.ndjson`) file.

    Raises:
        TicketFileError: it is not there, is of another kind, or has no `id` and `text` columns.
    """
    kind = path.suffix.lower()
    if kind not in {".csv", ".jsonl", ".ndjson"}:
        raise TicketFileError(f"{path.name}: give a .csv or .jsonl file with the columns id, text")
    if not path.is_file():
        raise TicketFileError(f"{path}: there is no such file")
    lines = _csv(path) if kind == ".csv" else _jsonl(path)
    return _first_of_each_id(lines)


def _first_of_each_id(rows: Iterator[Row | BadLine]) -> Iterator[Row | BadLine]:
    seen: dict[str, int] = {}
    for row in rows:
        if isinstance(row, Row) and row.id in seen:
            yield BadLine(row.line, f"the id {row.id!r} stands already in line {seen[row.id]}")
            continue
        if isinstance(row, Row):
            seen[row.id] = row.line
        yield row


def _csv(path: Path) -> Iterator[Row | BadLine]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        lines = _Lines(file)
        records = csv.reader(lines, strict=True)
        columns = _header(path, records)
        while True:
            begins = lines.number + 1
            try:
                record = next(records)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadLine(begins, f"not readable as CSV: {error}")
                continue
            if any(record[len(columns) :]):
                yield BadLine(lines.number, "more fields than columns: put the text in quotes")
            elif record:
                yield _row(lines.number, dict(zip(columns, record, strict=False)))


class _Lines:
    """The lines of a file, and the number of the last one; csv does not count those it refuses."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        return line


def _header(path: Path, records: Iterator[list[str]]) -> list[str]:
    try:
        columns = [name.strip().lower() for name in next(records, [])]
    except csv.Error as error:
        raise TicketFileError(f"{path.name}: the first line is not readable: {error}") from error
    if not all(map(_is_text, columns)):
        raise TicketFileError(f"{path.name}: not UTF-8 text: save the file as UTF-8")
    if missing := {"id", "text"} - set(columns):
        names = ", ".join(sorted(missing))
        raise TicketFileError(
            f"{path.name}: the first line names no column {names}; columns are separated by commas"
        )
    return columns


def _jsonl(path: Path) -> Iterator[Row | BadLine]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield BadLine(number, f"not readable as JSON: {error}")
                continue
            if not isinstance(record, dict):
                yield BadLine(number, "not an object with the fields id and text")
                continue
            yield _row(number, record)


def _row(line: int, record: dict[str, object]) -> Row | BadLine:
    identity, text, expected = record.get("id"), record.get("text"), record.get("expected")
    if problem := _bad_id(identity) or _bad_text(text):
        return BadLine(line, problem)
    if not isinstance(expected, str | int | None):
        return BadLine(line, "what is expected is no text")
    label = "" if expected is None else str(expected).strip()
    if not _is_text(f"{identity}{text}{label}"):
        return BadLine(line, "not UTF-8 text, or a NUL in it: save the file as UTF-8")
    return Row(line, str(identity), str(text), label or None)


def _bad_id(identity: object) -> str:
    if not isinstance(identity, str | int) or isinstance(identity, bool) or identity == "":
        return "the id is missing, or neither a text nor a whole number"
    long = len(str(identity)) > LONGEST_ID
    return f"the id has more than {LONGEST_ID} characters" if long else ""


def _bad_text(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        return "the text is missing"
    long = len(text) > LONGEST
    return f"the text has {len(text):,} characters, {LONGEST:,} is the most" if long else ""


def _is_text(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
