"""All rows of an append to one chain as one statement, for PostgreSQL.

Each statement is a way to the server and back and a plan to look up; a turn writes five of them at
every step. Together they are one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table

from storage.ledger import often
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
    with often.translated(connection, text):
        connection.connection.cursor().execute(text, [*values, moved["ticket"]])


@lru_cache(64)
def _statement(shape: Shape) -> tuple[str, dict[Table, tuple[str, ...]]]:
    """The statement for so many rows of each table, and the order of their columns."""
    names = {table: tuple(column.name for column in table.c) for table, _ in shape}
    inserts = []
    for number, (table, rows) in enumerate(shape):
        marks = f"({', '.join(['%s'] * len(names[table]))})"
        into = f"INSERT INTO {table.name} ({', '.join(names[table])}) VALUES "  # noqa: S608 - ours
        inserts.append(f"part{number} AS ({into}{', '.join([marks] * rows)})")
    moves = ", ".join(f"{name} = %s" for name in _MOVED)
    update = f"UPDATE {CHAIN.name} SET {moves} WHERE ticket_id = %s"  # noqa: S608 - ours
    return f"WITH {', '.join(inserts)} {update}", names
