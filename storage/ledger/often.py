"""Statements that run many times a turn.

They go to the driver as they are: what SQLAlchemy does around each costs several times what the
database does in it, and nothing here needs it, since texts, numbers and bytes go in and come out
unchanged. On PostgreSQL what gives nothing back goes with what comes next; see `wire.py`.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Select, Table, Update, bindparam, update
from sqlalchemy.dialects.postgresql import psycopg as postgresql
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.sql.dml import ReturningInsert

from storage.ledger import wire
from storage.ledger.wire_values import rows as rows_of

Query = Select[Any] | ReturningInsert[Any]
Statement = Insert | Update | Delete | Query
Values = Mapping[str, Any]

_DIALECTS = {
    "sqlite": dialect(),
    "postgresql": postgresql.dialect(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call]
}


def run(connection: Connection, statement: Statement, rows: Sequence[Values]) -> None:
    """Run a statement once a row; each row has the same names, at least one row is there."""
    made = _compiled(connection.dialect.name, statement, tuple(rows[0]))
    if made.is_sqlite:
        connection.connection.cursor().executemany(made.text, [made.marks(row) for row in rows])
        return
    with wire.translated(connection):
        for row in rows:
            wire.of(connection).later(made.sent, made.marks(row))


def must(
    connection: Connection, statement: Statement, values: Values, otherwise: wire.Otherwise
) -> None:
    """Run a statement that must find or change a row; else the transaction ends with an error.

    `otherwise` makes the error. It is raised here or, where other statements of the transaction
    or its commit come first, by those.
    """
    made = _compiled(connection.dialect.name, statement, tuple(values))
    if not made.is_sqlite:
        with wire.translated(connection):
            wire.of(connection).later(made.sent, made.marks(values), otherwise)
        return
    cursor = connection.connection.cursor()
    cursor.execute(made.text, made.marks(values))
    done = cursor.fetchone() if isinstance(statement, Select) else cursor.rowcount
    cursor.close()
    if not done:
        raise otherwise()


def change(connection: Connection, table: Table, where: Mapping[str, Any], values: Values) -> None:
    """Set `values` in the rows whose columns are as `where` says."""
    statement, given = _changing(table, where, values)
    run(connection, statement, [given])


def change_one(
    connection: Connection,
    table: Table,
    where: Mapping[str, Any],
    values: Values,
    otherwise: wire.Otherwise,
) -> None:
    """As `change`, where there must be a row; see `must`."""
    statement, given = _changing(table, where, values)
    must(connection, statement, given, otherwise)


def _changing(table: Table, where: Mapping[str, Any], values: Values) -> tuple[Update, Values]:
    statement = _update(table, tuple(where), tuple(values))
    return statement, {f"w_{name}": value for name, value in where.items()} | dict(values)


@lru_cache(256)
def _update(table: Table, where: tuple[str, ...], values: tuple[str, ...]) -> Update:
    conditions = [table.c[name] == bindparam(f"w_{name}") for name in where]
    return update(table).where(*conditions).values({name: bindparam(name) for name in values})


def first(connection: Connection, statement: Query, values: Values) -> Sequence[Any] | None:
    """The only row of a query, as its columns in their order; None if there is none."""
    found = _found(connection, statement, values)
    return found[0] if found else None


def one(connection: Connection, statement: Select[Any], values: Values) -> Any:
    """As `first`, with the columns by their names as attributes."""
    row = first(connection, statement, values)
    return None if row is None else _shape(statement)(*row)


def rows(connection: Connection, statement: Select[Any], values: Values) -> list[Any]:
    """All rows of a query, each with its columns by their names as attributes."""
    shape = _shape(statement)
    return [shape(*row) for row in _found(connection, statement, values)]


def _found(connection: Connection, statement: Query, values: Values) -> list[tuple[Any, ...]]:
    made = _compiled(connection.dialect.name, statement, tuple(values))
    if not made.is_sqlite:
        with wire.translated(connection):
            return rows_of(wire.of(connection).ask(made.sent, made.marks(values)))
    cursor = connection.connection.cursor()
    cursor.execute(made.text, made.marks(values))
    found = list(cursor.fetchall())
    cursor.close()
    return found


@lru_cache(64)
def _shape(statement: Select[Any]) -> Any:
    return namedtuple("Row", list(statement.selected_columns.keys()))


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as text; `names` are its values in the order of its marks.

    `constants` are the values that stand in the statement itself, or that its table has for
    columns that were not given.
    """

    text: str
    sent: bytes
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    is_sqlite: bool

    def marks(self, values: Values) -> list[Any]:
        """The values in the order of the marks."""
        constants = self.constants
        return [values[n] if n in values else constants[n] for n in self.names]


@lru_cache(512)
def _compiled(name: str, statement: Statement, names: tuple[str, ...]) -> _Compiled:
    columns = names if isinstance(statement, Insert) else None
    made = statement.compile(dialect=_DIALECTS[name], column_keys=columns)
    given: dict[str, Any] = {
        column.key: getattr(column.default, "arg", None) for column in made.insert_prefetch or ()
    }
    constants = {key: value for key, value in {**made.params, **given}.items() if key not in names}
    text = str(made)
    return _Compiled(
        text, text.encode(), tuple(made.positiontup or ()), constants, name == "sqlite"
    )
