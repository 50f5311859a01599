"""All rows of an append to one chain as one statement, for PostgreSQL.

Each statement is a way to the server and back and a plan to look up; a turn writes five of them at
every step. Together they are one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy import Connection, Table

from storage.ledger import wire
from storage.ledger.tables import CHAIN

Shape = tuple[tuple[Table, int], ...]

_MOVED = ("seq", "head", "rec_us", "mac")


def write(
    connection: Connection,
    by_table: Mapping[Table, Sequence[Mapping[str, Any]]],
    moved: Mapping[str, Any],
) -> None:
    """Insert the rows and move the end of the chain."""
    shape = tuple((table, len(rows)) for table, rows in by_table.items())
    text, names = _statement(shape)
    values = [
        row[name] for table, rows in by_table.items() for row in rows for name in names[table]
    ]
    values += [moved[f"new_{name}"] for name in _MOVED]
    with wire.translated(connection):
        wire.of(connection).later(text, [*values, moved["ticket"]])


@lru_cache(64)
def _statement(shape: Shape) -> tuple[bytes, dict[Table, tuple[str, ...]]]:
    """The statement for so many rows of each table, and the order of their columns."""
    names = {table: tuple(column.name for column in table.c) for table, _ in shape}
    mark, inserts = (f"${number}" for number in count(1)), []
    for number, (table, rows) in enumerate(shape):
        into = f"INSERT INTO {table.name} ({', '.join(names[table])}) VALUES "  # noqa: S608 - ours
        marks = [f"({', '.join(next(mark) for _ in names[table])})" for _ in range(rows)]
        inserts.append(f"part{number} AS ({into}{', '.join(marks)})")
    moves = ", ".join(f"{name} = {next(mark)}" for name in _MOVED)
    which = f"ticket_id = {next(mark)}"
    update = f"UPDATE {CHAIN.name} SET {moves} WHERE {which}"  # noqa: S608 - ours
    return f"WITH {', '.join(inserts)} {update}".encode(), names
