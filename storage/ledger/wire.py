"""Statements that go to PostgreSQL together: what gives nothing back waits for what does.

Each way to the server and back wakes two processes, and a turn has a hundred statements. So a
statement whose result nobody needs is kept, and goes along with the next one whose result somebody
does need, or with the end of the transaction; its beginning goes along with its first statement.
The order stays, and so does all else: whatever the server refuses is known before the commit.

This is libpq's pipeline mode by psycopg's own wrapper of libpq. Every statement is prepared once a
connection.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, TypeVar, cast

import psycopg
from psycopg import pq
from psycopg.errors import (
    DuplicatePreparedStatement,
    InvalidSqlStatementName,
    error_from_result,
)
from psycopg.waiting import Ready, Wait
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from storage.ledger.wire_values import BINARY, encoded

MOST_PREPARED = 400
"""Statements that a connection keeps prepared; what comes after is planned each time."""

MOST_KEPT = 64
"""Statements that wait for others to go with, so that what is kept in memory has a bound."""

_WIRE = "frontdesk_wire"
_OK = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
_IDLE = pq.TransactionStatus.IDLE
_NOT_KEPT = (InvalidSqlStatementName, DuplicatePreparedStatement)
"""What a pooler leads to that gives each transaction another session: nothing is prepared then."""


T = TypeVar("T")
_Waiting = Generator[Wait, Ready | int, T]
Otherwise = Callable[[], Exception]
_Key = tuple[bytes, tuple[int, ...]]


class _Statement:
    """A statement with its values, as libpq takes them."""

    __slots__ = ("formats", "otherwise", "text", "types", "values")

    def __init__(
        self, text: bytes, values: Sequence[Any], otherwise: Otherwise | None = None
    ) -> None:
        made = [encoded(value) for value in values]
        self.text = text
        self.types = tuple(one[0] for one in made)
        self.values = [one[1] for one in made]
        self.formats = [one[2] for one in made]
        self.otherwise = otherwise


class Wire:
    """One connection. With `on_loss` whoever commits on it sends first what is kept; see `attach`.

    It is called when the server is found to be gone.
    """

    def __init__(
        self, driver: psycopg.Connection[Any], on_loss: Callable[[], None] | None = None
    ) -> None:
        self._driver = driver
        self._pg = driver.pgconn
        self._on_loss = on_loss
        self._kept: list[_Statement] = []
        self._prepared: dict[_Key, bytes] = {}
        self._most = MOST_PREPARED

    def later(self, text: bytes, values: Sequence[Any], otherwise: Otherwise | None = None) -> None:
        """Run a statement before anything that comes after it; `otherwise`: it must find a row.

        Raises:
            Error: what is raised for it may also come from whatever sends it.
        """
        self._kept.append(_Statement(text, values, otherwise))
        if self._on_loss is None or len(self._kept) >= MOST_KEPT:
            self.send()

    def ask(self, text: bytes, values: Sequence[Any]) -> pq.abc.PGresult:
        """Run a statement, and all that was kept before it, and wait for what it gives.

        Raises:
            Error: the server refuses one of them, or cannot be reached.
        """
        self._kept.append(_Statement(text, values))
        return self._sent()[-1]

    def send(self) -> None:
        """Run all that was kept."""
        if self._kept:
            self._sent()

    def commit(self) -> None:
        """Commit, together with what was kept; psycopg then finds nothing to do."""
        if any(one.otherwise for one in self._kept):
            self._sent()
        if self._kept or self._pg.transaction_status != _IDLE:
            self._sent(b"COMMIT")

    def roll_back(self) -> None:
        """Take back; psycopg would forget what is prepared besides, and have it done again."""
        self._kept.clear()
        usable = (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR)
        if self._pg.transaction_status in usable:
            self._pg.exec_(b"ROLLBACK")

    def _sent(self, last: bytes = b"") -> list[pq.abc.PGresult]:
        """Send all in one go, and give the result of each; `last` is a command without values."""
        kept, self._kept = self._kept, []
        hoped: set[_Key] = set()
        try:
            results = self._driver.wait(self._through(kept, last, hoped))
        except BaseException as error:
            for key in hoped:
                self._prepared.pop(key, None)
            if isinstance(error, _NOT_KEPT):
                self._prepared.clear()
                self._most = 0
            if self.is_lost and self._on_loss is not None:
                self._on_loss()
            raise
        for one, result in zip(kept, results, strict=True):
            if one.otherwise and not (result.ntuples or result.command_tuples):
                raise one.otherwise()
        return results

    def _through(
        self, kept: Sequence[_Statement], last: bytes, hoped: set[_Key]
    ) -> _Waiting[list[pq.abc.PGresult]]:
        pg = self._pg
        asked: list[_Key | bool] = []
        pg.enter_pipeline_mode()
        try:
            if pg.transaction_status == _IDLE and not self._driver.autocommit:
                pg.send_query_params(self._begin(), None)
                asked.append(False)
            for one in kept:
                asked += self._put(one, hoped)
            if last:
                pg.send_query_params(last, None)
                asked.append(False)
            pg.pipeline_sync()
            while pg.flush():
                if (yield Wait.RW) & Ready.R:
                    pg.consume_input()
            return (yield from self._collected(asked, hoped))
        finally:
            if not self.is_lost:
                pg.exit_pipeline_mode()

    def _put(self, one: _Statement, hoped: set[_Key]) -> list[_Key | bool]:
        """Send one; gives what comes back for it: what is prepared, and whether it is a result."""
        key = one.text, one.types
        name = self._prepared.get(key)
        if name is None and len(self._prepared) >= self._most:
            self._pg.send_query_params(one.text, one.values, one.types, one.formats, BINARY)
            return [True]
        asked: list[_Key | bool] = [True]
        if name is None:
            name = self._prepared[key] = _named(key)
            hoped.add(key)
            self._pg.send_prepare(name, one.text, one.types)
            asked = [key, True]
        self._pg.send_query_prepared(name, one.values, one.formats, BINARY)
        return asked

    def _collected(
        self, asked: Sequence[_Key | bool], hoped: set[_Key]
    ) -> _Waiting[list[pq.abc.PGresult]]:
        """Take all results, to the last, and only then complain about the first that is none."""
        results, fault = [], None
        for own in asked:
            result = yield from self._next()
            fault = fault or self._fault(result)
            if own is True:
                results.append(result)
            elif own and result.status in _OK:
                hoped.discard(own)
            if self._pg.get_result() is not None:
                raise psycopg.OperationalError("PostgreSQL gave more than one result")
        yield from self._next()
        if fault is not None:
            raise fault
        return results

    @property
    def is_lost(self) -> bool:
        """Whether nothing goes through any more."""
        return self._pg.status != pq.ConnStatus.OK

    def _next(self) -> _Waiting[pq.abc.PGresult]:
        pg = self._pg
        while pg.is_busy():
            yield Wait.R
            pg.consume_input()
        result = pg.get_result()
        if result is None or self.is_lost:
            raise psycopg.OperationalError(f"the connection is lost: {self._said(result)}")
        return result

    def _fault(self, result: pq.abc.PGresult) -> psycopg.Error | None:
        return None if result.status in _OK else error_from_result(result)

    def _said(self, result: pq.abc.PGresult | None) -> str:
        told = result.error_message if result is not None else b""
        return (told or self._pg.error_message).decode("utf-8", "replace").strip()

    def _begin(self) -> bytes:
        level = self._driver.isolation_level
        if level is None:
            return b"BEGIN"
        return b"BEGIN ISOLATION LEVEL " + level.name.replace("_", " ").encode()


def attach(engine: Engine, on_loss: Callable[[], None]) -> None:
    """Let statements of an engine's connections wait for each other; see `Wire`."""

    @event.listens_for(engine, "connect")
    def connected(driver: Any, record: Any) -> None:
        record.info[_WIRE] = Wire(driver, on_loss)

    @event.listens_for(engine, "reset")
    def reset(driver: Any, record: Any, state: object) -> None:
        record.info[_WIRE].roll_back()

    @event.listens_for(engine, "before_cursor_execute")
    def other(connection: Connection, *about: object) -> None:
        with translated(connection):
            of(connection).send()

    @event.listens_for(engine, "commit")
    def committed(connection: Connection) -> None:
        with translated(connection):
            of(connection).commit()

    @event.listens_for(engine, "rollback")
    def rolled_back(connection: Connection) -> None:
        if not connection.invalidated:
            of(connection).roll_back()


def is_lost(connection: Connection) -> bool:
    """Whether the server has ended the connection; SQLite has none that could."""
    if connection.invalidated or connection.dialect.name != "postgresql":
        return connection.invalidated
    return of(connection).is_lost


def of(connection: Connection) -> Wire:
    """The wire of a connection."""
    found = connection.info.get(_WIRE)
    if found is None:
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        found = connection.info[_WIRE] = Wire(driver)
    return cast("Wire", found)


@contextmanager
def translated(connection: Connection) -> Iterator[None]:
    """Errors of the driver as those that SQLAlchemy would raise."""
    try:
        yield
    except psycopg.Error as error:
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, dialect=connection.dialect
        ) from error


def _named(key: _Key) -> bytes:
    """The name of a prepared statement: whoever else has a session after us finds the same."""
    return b"frontdesk_" + sha256(repr(key).encode()).hexdigest()[:32].encode()
