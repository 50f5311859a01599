"""Statements that run many times a turn.

They go to the driver as they are: what SQLAlchemy does around each costs several times what the
database does in it, and nothing here needs it, since texts, numbers and bytes go in and come out
unchanged.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Connection, Delete, Insert, Select, Table, Update, bindparam, update
from sqlalchemy.dialects.postgresql import psycopg as postgresql
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.exc import DBAPIError

Statement = Insert | Update | Delete | Select[Any]
Values = Mapping[str, Any]

_DIALECTS = {"sqlite": dialect(), "postgresql": postgresql.dialect()}  # type: ignore[no-untyped-call]


def run(connection: Connection, statement: Statement, rows: Sequence[Values]) -> None:
    """Run a statement once a row; each row has the same names, at least one row is there."""
    made = _compiled(connection.dialect.name, statement, tuple(rows[0]))
    cursor = connection.connection.cursor()
    if made.is_sqlite:
        cursor.executemany(made.text, [made.marks(row) for row in rows])
        return
    with translated(connection, made.text):
        if len(rows) == 1:
            cursor.execute(made.text, made.named(rows[0]))
        else:
            cursor.executemany(made.text, [made.named(row) for row in rows])


def change(connection: Connection, table: Table, where: Mapping[str, Any], values: Values) -> int:
    """Set `values` in the rows whose columns are as `where` says; give how many there were."""
    statement = _update(table, tuple(where), tuple(values))
    given = {f"w_{name}": value for name, value in where.items()} | dict(values)
    cursor = _ran(connection, statement, given)
    changed = int(cursor.rowcount)
    cursor.close()
    return changed


@lru_cache(256)
def _update(table: Table, where: tuple[str, ...], values: tuple[str, ...]) -> Update:
    conditions = [table.c[name] == bindparam(f"w_{name}") for name in where]
    return update(table).where(*conditions).values({name: bindparam(name) for name in values})


def first(connection: Connection, statement: Select[Any], values: Values) -> Sequence[Any] | None:
    """The only row of a query, as its columns in their order; None if there is none."""
    cursor = _ran(connection, statement, values)
    row: tuple[Any, ...] | None = cursor.fetchone()
    cursor.close()
    return row


def one(connection: Connection, statement: Select[Any], values: Values) -> Any:
    """As `first`, with the columns by their names as attributes."""
    row = first(connection, statement, values)
    return None if row is None else _shape(statement)(*row)


def rows(connection: Connection, statement: Select[Any], values: Values) -> list[Any]:
    """All rows of a query, each with its columns by their names as attributes."""
    cursor = _ran(connection, statement, values)
    shape = _shape(statement)
    found = [shape(*row) for row in cursor.fetchall()]
    cursor.close()
    return found


def _ran(connection: Connection, statement: Statement, values: Values) -> Any:
    made = _compiled(connection.dialect.name, statement, tuple(values))
    cursor = connection.connection.cursor()
    if made.is_sqlite:
        cursor.execute(made.text, made.marks(values))
        return cursor
    with translated(connection, made.text):
        cursor.execute(made.text, made.named(values))
    return cursor


@lru_cache(64)
def _shape(statement: Select[Any]) -> Any:
    return namedtuple("Row", list(statement.selected_columns.keys()))


@contextmanager
def translated(connection: Connection, text: str) -> Iterator[None]:
    """Errors of the driver as those that SQLAlchemy would raise."""
    try:
        yield
    except psycopg.Error as error:
        raise DBAPIError.instance(
            text, None, error, psycopg.Error, dialect=connection.dialect
        ) from error


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as text; `names` are its values in the order of its marks (SQLite only).

    `constants` are the values that stand in the statement itself.
    """

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    is_sqlite: bool

    def marks(self, values: Values) -> list[Any]:
        """The values in the order of the marks."""
        constants = self.constants
        return [values[n] if n in values else constants[n] for n in self.names]

    def named(self, values: Values) -> Values:
        """The values by their names."""
        return {**self.constants, **values} if self.constants else values


@lru_cache(512)
def _compiled(name: str, statement: Statement, names: tuple[str, ...]) -> _Compiled:
    columns = names if isinstance(statement, Insert) else None
    made = statement.compile(dialect=_DIALECTS[name], column_keys=columns)
    constants = {key: value for key, value in made.params.items() if key not in names}
    return _Compiled(str(made), tuple(made.positiontup or ()), constants, name == "sqlite")
