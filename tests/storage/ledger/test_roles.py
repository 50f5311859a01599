"""Roles in PostgreSQL: the desk works with what it has, and can change nothing that it said."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from frontdesk.errors import SettingsError
from storage import engines
from storage.database import migrate, open_store
from storage.ledger.verify import verify
from storage.roles import lay_roles
from tests.storage import desk
from tests.storage.conftest import Database, named


@pytest.fixture
def guarded(postgres: str, tmp_path: Path) -> Iterator[tuple[str, Database]]:
    """A database with its roles, as the administrator and as the desk see it."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE guarded")
        connection.execute("CREATE ROLE the_desk LOGIN")
    url = named(postgres, "guarded")
    migrate(url)
    assert lay_roles(url, "the_desk").refused == ""
    yield url, Database(_as(url, "the_desk"), tmp_path / "keys")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP DATABASE guarded WITH (FORCE)")
        for role in ("the_desk", *desk_roles()):
            connection.execute(f"DROP ROLE {role}")


def desk_roles() -> list[str]:
    return ["audit_owner", "audit_app", "audit_seq", "audit_review", "audit_privacy"]


def _as(url: str, role: str) -> str:
    return url.replace("://postgres", f"://{role}", 1)


def _refused(url: str, statement: str) -> str:
    engine = create_engine(engines.parsed(url))
    try:
        with pytest.raises(DBAPIError) as refusal, engine.begin() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
    return str(refusal.value.orig)


async def test_desk_works_and_can_change_nothing_that_it_said(
    guarded: tuple[str, Database],
) -> None:
    admin, database = guarded
    store = open_store(database.url, database.keys)
    await desk.answer(store, await store.receive(desk.delivery("d1")))
    await store.keep("prompt", b"Decide.")
    assert (await store.sequence()).entries
    await store.close()
    for table in ("audit_entry", "audit_leaf", "audit_checkpoint", "audit_artifact"):
        for act in (f"DELETE FROM {table}", f"UPDATE {table} SET {_key(table)} = {_key(table)}"):
            assert "permission denied" in _refused(database.url, act)
        assert "permission denied" in _refused(database.url, f"TRUNCATE {table}")
        assert "owner" in _refused(database.url, f"DROP TABLE {table}")
        assert "owner" in _refused(database.url, f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    report = verify(admin, database.keys)
    assert report.ok, report.findings


def _key(table: str) -> str:
    return {"audit_leaf": "log_index", "audit_checkpoint": "size", "audit_artifact": "kind"}.get(
        table, "id"
    )


def test_not_even_the_administrator_drops_a_table_by_mistake(
    guarded: tuple[str, Database],
) -> None:
    admin, _ = guarded
    assert "is not dropped" in _refused(admin, "DROP TABLE audit_entry")
    assert "is not altered" in _refused(admin, "ALTER TABLE audit_entry DISABLE TRIGGER ALL")
    assert "is not dropped" in _refused(admin, "DROP TRIGGER audit_entry_no_rows ON audit_entry")
    assert lay_roles(admin, "the_desk").refused == ""


def test_right_that_nobody_should_have_is_found(guarded: tuple[str, Database]) -> None:
    admin, database = guarded
    asyncio.run(open_store(database.url, database.keys).close())
    engine = create_engine(engines.parsed(admin))
    with engine.begin() as connection:
        connection.execute(text("GRANT UPDATE ON audit_entry TO the_desk"))
    engine.dispose()
    report = verify(admin, database.keys)
    assert [(one.code, one.message) for one in report.findings] == [
        ("guard-missing", "the role the_desk has the right to UPDATE audit_entry")
    ]


def test_who_may_not_make_roles_is_told_what_to_do(guarded: tuple[str, Database]) -> None:
    _, database = guarded
    with pytest.raises(SettingsError, match="takes an administrator"):
        lay_roles(database.url, "the_desk")
    told = lay_roles(database.url, "the_desk", only_tell=True)
    assert "GRANT audit_app, audit_seq, audit_privacy TO the_desk" in told.statements


def test_sqlite_has_no_roles(sqlite: Database) -> None:
    with pytest.raises(SettingsError, match="no roles"):
        lay_roles(sqlite.url)
