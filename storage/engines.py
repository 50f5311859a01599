"""Engines: one to write and one to read, on SQLite or PostgreSQL.

SQLite: write-ahead log, a full sync at each commit (an answered write survives a power cut), and
transactions that take the write lock at their start, so that none fails half-way for want of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from frontdesk.errors import SettingsError

THREADS = 8
"""Connections of one process to PostgreSQL, and as many threads that use them."""

READERS = 4

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=30000",
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
        return create_engine(url, pool_size=THREADS, max_overflow=0, pool_pre_ping=True)
    engine = create_engine(url, pool_size=1, max_overflow=0)
    _prepare_sqlite(engine, "BEGIN IMMEDIATE", _PRAGMAS)
    return engine


def reading(url: URL) -> Engine:
    """An engine whose transactions read one state of the database."""
    if sqlite_file(url) is None:
        return create_engine(
            url,
            pool_size=READERS,
            max_overflow=0,
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ",
            connect_args={"options": "-c default_transaction_read_only=on"},
        )
    engine = create_engine(url, pool_size=READERS, max_overflow=0)
    _prepare_sqlite(engine, "BEGIN", ("busy_timeout=30000", "query_only=ON"))
    return engine


def _prepare_sqlite(engine: Engine, begin: str, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: object) -> None:
        connection.isolation_level = None  # the driver would begin transactions by its own rules
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)


_EXAMPLES = "use sqlite:///frontdesk.db or postgresql://user@host/name"
