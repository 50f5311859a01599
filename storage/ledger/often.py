"""Statements that run many times a turn.

On SQLite they go to the driver as they are: what SQLAlchemy does around each costs several times
what SQLite does in it, and nothing here needs it, since texts, numbers and bytes go in and come
out unchanged. On PostgreSQL the way to the server costs more than that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Select, Update
from sqlalchemy.dialects.sqlite import dialect

Statement = Insert | Update | Delete | Select[Any]
Values = Mapping[str, Any]

_DIALECT = dialect()


def run(connection: Connection, statement: Statement, rows: Sequence[Values]) -> None:
    """Run a statement once a row; each row has the same names, at least one row is there."""
    if connection.dialect.name != "sqlite":
        connection.execute(statement, rows)
        return
    text, names = _compiled(statement, tuple(rows[0]))
    given = [[row[name] for name in names] for row in rows]
    connection.connection.cursor().executemany(text, given)


def first(connection: Connection, statement: Select[Any], values: Values) -> Sequence[Any] | None:
    """The only row of a query, as its columns in their order; None if there is none."""
    if connection.dialect.name != "sqlite":
        return connection.execute(statement, values).one_or_none()
    text, names = _compiled(statement, tuple(values))
    cursor = connection.connection.cursor()
    cursor.execute(text, [values[name] for name in names])
    row: tuple[Any, ...] | None = cursor.fetchone()
    cursor.close()
    return row


@lru_cache(64)
def _compiled(statement: Statement, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The statement's text, and the names of its values in the order of its marks."""
    columns = names if isinstance(statement, Insert) else None
    made = statement.compile(dialect=_DIALECT, column_keys=columns)
    return str(made), tuple(made.positiontup or ())
