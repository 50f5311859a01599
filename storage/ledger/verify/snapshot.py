"""One state of the database to verify, read without changing or creating anything.

A SQLite database that nobody has open has no write-ahead log; it is then opened as immutable,
because even a reader would create files beside it otherwise. Should somebody start to write
meanwhile, that is noticed, and the reading is repeated. Only a copy that comes with its `-wal` but
without its `-shm` gets the latter made anew: SQLite cannot read the log without it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, text
from sqlalchemy.pool import NullPool

from frontdesk.errors import SettingsError
from storage import engines

_NOW = {"sqlite": text("SELECT count(*) FROM sqlite_master"), "postgresql": text("SELECT 1")}
"""The first question fixes the state that all others are answered from."""

_CACHE_KIB = 65_536
"""Rows of one entry lie all over the file: with the 2 MB that SQLite takes each is read again."""


@dataclass(slots=True)
class Snapshot:
    """A connection, and whether what it read was one state after all."""

    connection: Connection
    torn: bool = False


@contextmanager
def snapshot(url: URL, shared: str | None = None, *, lenient: bool = False) -> Iterator[Snapshot]:
    """Open one state of the database; on PostgreSQL the one that another connection `shared`.

    Text that is not UTF-8 raises `sqlite3.OperationalError` unless `lenient`, which takes longer.

    Raises:
        SettingsError: there is no such file.
    """
    file = engines.sqlite_file(url)
    engine = (
        engines.reading(url)
        if file is None
        else create_engine(
            "sqlite://", creator=lambda: _connected(file, lenient), poolclass=NullPool
        )
    )
    if file is not None:
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    before = file and _state(file)
    try:
        with engine.connect() as connection:
            taken = Snapshot(connection)
            if shared is not None:
                connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{shared}'")
            connection.execute(_NOW[connection.dialect.name])
            try:
                yield taken
            finally:
                taken.torn = file is not None and before is not None and _state(file) != before
    finally:
        engine.dispose()


def _connected(file: Path, lenient: bool) -> sqlite3.Connection:
    immutable = "" if _log(file).exists() else "&immutable=1"
    connection = sqlite3.connect(
        f"{file.resolve().as_uri()}?mode=ro{immutable}",
        uri=True,
        isolation_level=None,
        timeout=30,
        check_same_thread=False,
    )
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    if lenient:
        connection.text_factory = _lenient
    return connection


def _state(file: Path) -> tuple[int, int] | None:
    """What changes when somebody writes; None if others may write and are provided for."""
    if not file.is_file():
        raise SettingsError(f"there is no database {file}")
    if _log(file).exists():
        return None
    stat = file.stat()
    return stat.st_mtime_ns, stat.st_size


def _log(file: Path) -> Path:
    return file.with_name(file.name + "-wal")


def _lenient(data: bytes) -> Any:
    """Text that somebody made invalid must be found, not stop the search."""
    return data.decode("utf-8", "surrogateescape")
