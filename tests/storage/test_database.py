from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlmodel import SQLModel

import storage.human_tables
import storage.ledger.tables  # noqa: F401 - these declare their tables by being imported
from frontdesk.errors import SettingsError
from storage import engines
from storage.database import HEAD, configuration, migrate, open_store
from storage.ledger.guards import names
from tests.storage import desk
from tests.storage.conftest import Database, named


def _opened(database: Database) -> None:
    asyncio.run(database.open().close())


def test_migrations_lead_to_what_the_models_say(database: Database) -> None:
    _opened(database)
    engine = create_engine(engines.parsed(database.url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        script = ScriptDirectory.from_config(configuration(connection))
        assert script.get_current_head() == HEAD
    engine.dispose()


def test_every_table_is_strict_on_sqlite(sqlite: Database) -> None:
    _opened(sqlite)
    engine = create_engine(engines.parsed(sqlite.url))
    with engine.connect() as connection:
        loose = text("SELECT name FROM pragma_table_list WHERE strict = 0 AND schema = 'main'")
        found = set(connection.execute(loose).scalars())
        assert {name for name in found if not name.startswith("sqlite_")} == {"alembic_version"}
        guards = set(
            connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).scalars()
        )
        assert guards == names("sqlite")
    engine.dispose()


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database.url)
    migrate(database.url)
    _opened(database)


def test_postgresql_without_schema_is_refused_with_what_to_do(
    postgres: str, tmp_path: Path
) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE empty_desk")
    try:
        with pytest.raises(SettingsError, match="frontdesk db upgrade"):
            open_store(named(postgres, "empty_desk"), tmp_path)
    finally:
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute("DROP DATABASE empty_desk WITH (FORCE)")


def test_postgresql_without_key_folder_is_refused(on_postgres: Database) -> None:
    with pytest.raises(SettingsError, match="FRONTDESK_KEYS"):
        open_store(on_postgres.url)


def test_newer_schema_is_refused(sqlite: Database) -> None:
    _opened(sqlite)
    engine = create_engine(engines.parsed(sqlite.url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(SettingsError, match="newer version"):
        sqlite.open()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "is none"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("mysql://host/name", "not supported"),
        ("sqlite:////nowhere/at/all.db", "cannot be used"),
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be used"),
    ],
)
def test_database_that_cannot_be_used_is_explained(url: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=says):
        open_store(url, tmp_path)


def test_keys_lie_beside_the_file_and_a_copy_finds_them(tmp_path: Path) -> None:
    async def written() -> str:
        store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
        receipt = await store.receive(desk.delivery("d1"))
        await store.close()
        return receipt.message

    async def read(message: str) -> str:
        store = open_store(f"sqlite:///{tmp_path / 'moved.db'}")
        found = await store.conversation(message)
        await store.close()
        return found.message.text

    message = asyncio.run(written())
    assert {path.name for path in tmp_path.iterdir()} == {"desk.db", "frontdesk.keys"}
    (tmp_path / "desk.db").rename(tmp_path / "moved.db")
    assert asyncio.run(read(message)) == "I was charged twice"


def test_incomplete_keys_are_refused(sqlite: Database) -> None:
    _opened(sqlite)
    next(sqlite.keys.glob("*/persons.key")).unlink()
    with pytest.raises(SettingsError, match="not complete"):
        sqlite.open()


def test_tables_are_the_ones_that_are_documented(sqlite: Database) -> None:
    _opened(sqlite)
    engine = create_engine(engines.parsed(sqlite.url))
    tables = set(inspect(engine).get_table_names())
    engine.dispose()
    assert {"ticket", "message", "post", "audit_entry", "audit_leaf", "audit_checkpoint"} <= tables
