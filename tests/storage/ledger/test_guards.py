from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from frontdesk.errors import StoreError
from storage import engines
from storage.ledger.guards import APPEND_ONLY, CHANGING
from storage.ledger.subjects import Subjects
from tests.storage import desk
from tests.storage.conftest import Database


async def _filled(database: Database) -> None:
    store = database.open()
    await desk.answer(store, await store.receive(desk.delivery("d1")))
    await store.keep("prompt", b"Decide.")
    receipt = await store.receive(desk.delivery("d2"))
    await store.record(*(desk.gated(receipt) for _ in range(260)))
    await store.close()
    _fill_the_rest(database)


def _fill_the_rest(database: Database) -> None:
    """A row in each guarded table that has none: PostgreSQL refuses rows, not statements."""
    engine = create_engine(engines.parsed(database.url))
    some = {"TEXT": "x", "BLOB": b"x", "BYTEA": b"x", "INTEGER": 1, "BIGINT": 1}
    with engine.begin() as connection:
        for name in APPEND_ONLY:
            table = SQLModel.metadata.tables[name]
            if connection.execute(select(table).limit(1)).one_or_none() is None:
                kinds = {c.name: c.type.compile(engine.dialect) for c in table.c}
                row = {column: some[kind] for column, kind in kinds.items()}
                connection.execute(insert(table), row)
    engine.dispose()


def test_every_table_of_the_audit_trail_has_guards_or_a_reason_to_have_none() -> None:
    named = {name for name in SQLModel.metadata.tables if name.startswith("audit_")}
    assert named == set(APPEND_ONLY) | CHANGING


def _refused(database: Database, statement: str) -> str:
    """Run it as a stranger would, without any of our settings, and give the refusal."""
    engine = create_engine(engines.parsed(database.url))
    try:
        with pytest.raises(DBAPIError) as refusal, engine.begin() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
    return str(refusal.value.orig)


@pytest.mark.parametrize("act", ["update", "delete", "replace"])
def test_audit_trail_can_only_be_added_to(database: Database, act: str) -> None:
    asyncio.run(_filled(database))
    on_sqlite = database.url.startswith("sqlite")
    for table, keys in APPEND_ONLY.items():
        statements: dict[str, Any] = {
            "update": f"UPDATE {table} SET {keys[0][0]} = {keys[0][0]}",
            "delete": f"DELETE FROM {table}",
            "replace": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"
            if on_sqlite
            else f"TRUNCATE {table}",
        }
        assert "append-only" in _refused(database, statements[act])


def test_replacing_by_another_unique_key_is_refused(sqlite: Database) -> None:
    asyncio.run(_filled(sqlite))
    statement = (
        "INSERT OR REPLACE INTO audit_entry SELECT 'other', ticket_id, ticket_seq, leaf, "
        "leaf_hash, mac, mac_kid FROM audit_entry LIMIT 1"
    )
    assert "append-only" in _refused(sqlite, statement)


def test_guards_hold_for_replication_too(on_postgres: Database) -> None:
    asyncio.run(_filled(on_postgres))
    statement = "SET session_replication_role = replica; DELETE FROM audit_entry"
    assert "append-only" in _refused(on_postgres, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER audit_entry_no_update",
        "DROP TABLE audit_tile",
        "ALTER TABLE audit_leaf RENAME TO elsewhere",
        "DROP INDEX audit_pending_order",
    ],
)
async def test_desk_itself_cannot_change_the_schema_of_the_audit_trail(
    sqlite: Database, statement: str
) -> None:
    store = sqlite.open()
    with pytest.raises(StoreError, match="not authorized"):
        await store.write(lambda connection, _: connection.execute(text(statement)))
    await store.write(lambda connection, _: connection.execute(text("CREATE TABLE more (a)")))
    await store.write(lambda connection, _: connection.execute(text("DROP TABLE more")))
    await store.close()


async def test_new_people_of_one_group_share_a_sync_and_are_durable_first(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their keys are on the disk when what they wrote is committed, not one by one."""
    store = sqlite.open()
    assert store.keys is not None
    subjects, settled = store.keys.subjects, 0
    plainly = Subjects.settle

    def counted(self: Subjects) -> None:
        nonlocal settled
        settled += subjects._database.in_transaction
        plainly(self)

    monkeypatch.setattr(Subjects, "settle", counted)
    people = [desk.delivery(f"d{number}", author_id=f"U{number}") for number in range(40)]
    await asyncio.gather(*(store.receive(one) for one in people))
    assert 0 < settled < 40
    assert not subjects._database.in_transaction
    await store.close()
