"""Engines: one to write and one to read, on SQLite or PostgreSQL.

SQLite: write-ahead log, a full sync at each commit (an answered write survives a power cut), and
transactions that take the write lock at their start, so that none fails half-way for want of it.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from frontdesk.errors import SettingsError, StoreError
from storage.ledger import wire
from storage.ledger.in_use import InUse

T = TypeVar("T")
AtOnce = Callable[[], AbstractContextManager[None]]

THREADS = 8
"""Connections of one process to PostgreSQL, and as many threads that use them."""

READERS = 4

RESTED_SECONDS = 2.0
"""How long a connection may rest before it is tried again."""

_POOL_SECONDS = 15.0
_IDLE = 4_000
"""Milliseconds after which PostgreSQL ends a transaction in which nothing happens.

A process that was frozen within one would keep its locks, and so its work, from all others.
"""

_LOCKED = 20_000
"""Milliseconds to wait for a lock that somebody else holds; then the caller tries again."""

_CONNECTING = {
    "client_encoding": "UTF8",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""Seconds, and milliseconds, after which a server that cannot be reached is given up."""

_BUSY = 30_000
"""Milliseconds to wait for a SQLite database that another process has to itself for a moment."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={_BUSY}",
    "foreign_keys=ON",
    "secure_delete=ON",
    "recursive_triggers=ON",
)


def parsed(url: str) -> URL:
    """The URL with the driver that is used.

    Raises:
        SettingsError: it is none, or of a database that is not supported.
    """
    try:
        parts = make_url(url)
    except ArgumentError as error:
        raise SettingsError(f"the database URL {url!r} is none: {_EXAMPLES}") from error
    backend = parts.get_backend_name()
    if backend == "sqlite":
        if not parts.database or parts.database == ":memory:":
            raise SettingsError(f"the database must be a file: {_EXAMPLES}")
        return parts.set(drivername="sqlite")
    if backend in ("postgresql", "postgres"):
        return parts.set(drivername="postgresql+psycopg")
    raise SettingsError(f"{backend} is not supported: {_EXAMPLES}")


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def writing(url: URL) -> Engine:
    """An engine whose transactions write."""
    if sqlite_file(url) is None:
        options = f"-c idle_in_transaction_session_timeout={_IDLE} -c lock_timeout={_LOCKED}"
        engine = create_engine(
            url,
            pool_size=THREADS,
            max_overflow=0,
            pool_timeout=_POOL_SECONDS,
            connect_args={**_CONNECTING, "options": options},
        )
        _look_after(engine)
        return engine
    engine = create_engine(url, pool_size=1, max_overflow=0)
    _prepare_sqlite(engine, "BEGIN IMMEDIATE", _PRAGMAS)
    return engine


def reading(url: URL) -> Engine:
    """An engine whose transactions read one state of the database."""
    if sqlite_file(url) is None:
        engine = create_engine(
            url,
            pool_size=READERS,
            max_overflow=0,
            isolation_level="REPEATABLE READ",
            pool_timeout=_POOL_SECONDS,
            connect_args={**_CONNECTING, "options": "-c default_transaction_read_only=on"},
        )
        _look_after(engine)
        return engine
    engine = create_engine(url, poolclass=NullPool)  # `Readers` keeps them
    _prepare_sqlite(engine, "BEGIN", ("query_only=ON",))
    return engine


class Readers:
    """Runs jobs that only read, each on one state of the database.

    On SQLite each thread keeps its connection: to get one takes as long as many a job does.
    `at_once` takes what else jobs need, where nobody may be waited for, or raises `InUse`.
    """

    def __init__(self, engine: Engine, at_once: AtOnce = nullcontext) -> None:
        self.is_postgresql = engine.dialect.name == "postgresql"
        self._engine = engine
        self._at_once = at_once
        self._kept: dict[int, Connection] = {}
        self._left = False

    def read(self, job: Callable[[Connection], T]) -> T:
        """Run a job.

        Raises:
            StoreError: the database could not be read.
        """
        with _told():
            return self._read_afar(job) if self.is_postgresql else self._read_here(job, _BUSY)

    def read_at_once(self, job: Callable[[Connection], T]) -> T:
        """Run a job on SQLite in the thread of the event loop, where nobody can be waited for.

        Raises:
            InUse: somebody would have to be, or this thread has left.
            StoreError: the database could not be read.
        """
        if self._left:
            raise InUse
        try:
            with _told(), self._at_once():
                return self._read_here(job, 0)
        except StoreError as error:
            if _is_busy(error.__cause__):
                raise InUse from error
            raise

    def _read_here(self, job: Callable[[Connection], T], patience: int) -> T:
        me = threading.get_ident()
        if me not in self._kept:
            self._kept[me] = self._engine.connect()
            there: Any = self._kept[me].connection.driver_connection
            there.execute(f"PRAGMA busy_timeout={patience}")
        connection = self._kept[me]
        try:
            with connection.begin():
                return job(connection)
        except BaseException as error:
            if _is_busy(error):
                raise
            del self._kept[me]
            with suppress(SQLAlchemyError, sqlite3.Error):  # it may be of no use any more
                connection.close()
            raise

    def leave(self) -> None:
        """Let go of the database in the thread of the event loop: nothing is read at once again."""
        self._left = True
        if ours := self._kept.pop(threading.get_ident(), None):
            ours.close()

    def close(self) -> None:
        """Let go of the database, once no thread reads any more."""
        for connection in self._kept.values():
            connection.close()
        self._kept.clear()
        self._engine.dispose()

    def _read_afar(self, job: Callable[[Connection], T]) -> T:
        """Once more if the server had ended the connection since last used.

        What rested for a moment only was not tried before; see `_look_after`.
        """
        with self._engine.connect() as connection:
            connection.begin()  # what goes straight to the driver would not begin it
            try:
                return job(connection)
            except OperationalError:
                if not wire.is_lost(connection):
                    raise
                connection.invalidate()
        with self._engine.connect() as connection:
            connection.begin()
            return job(connection)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        reason = str(error.__cause__ or error).partition("\n")[0]
        raise StoreError(f"the record could not be read: {reason}") from error


def _is_busy(error: BaseException | None) -> bool:
    found = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(found, "sqlite_errorcode", 0)  # its low byte says what, the others say why
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def connecting(url: str) -> dict[str, Any]:
    """How psycopg connects to a PostgreSQL database by itself, without a pool."""
    parts = parsed(url)
    _, named = parts.get_dialect()().create_connect_args(parts)
    return {**named, **_CONNECTING}


def _look_after(engine: Engine) -> None:
    """Try a connection that nobody used for a while, or not since another one was lost.

    Asking each time would cost two ways.
    """
    lost_at = 0.0

    def lost() -> None:
        nonlocal lost_at
        lost_at = time.monotonic()

    wire.attach(engine, lost)

    @event.listens_for(engine, "checkin")
    def given_back(connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def taken(connection: Any, record: ConnectionPoolEntry, proxy: object) -> None:
        since = record.info.get("rests_since", 0.0)
        if since > max(lost_at, time.monotonic() - RESTED_SECONDS):
            return
        try:
            engine.dialect.do_ping(connection)
        except Exception as error:  # whatever it says, this connection is of no use
            raise DisconnectionError from error


def _prepare_sqlite(engine: Engine, begin: str, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: object) -> None:
        connection.isolation_level = None  # the driver would begin transactions by its own rules
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        # As SQLAlchemy would, without what it does around it: a turn reads and writes many times.
        try:
            connection.connection.driver_connection.execute(begin)
        except sqlite3.Error as error:
            raise DBAPIError.instance(
                begin, None, error, sqlite3.Error, dialect=connection.dialect
            ) from error


_EXAMPLES = "use sqlite:///frontdesk.db or postgresql://user@host/name"
