"""Reading what is verified: all that belongs to an entry, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text

from storage import engines
from storage.ledger.verify import rows, verify
from storage.ledger.verify.rows import Span, entries
from storage.ledger.verify.snapshot import snapshot
from storage.store import SqlStore
from tests.storage.conftest import Database
from tests.storage.desk import answer, delivery

ODD = ("a,b", 'say "no"', "{}", "back\\slash", "two words", "null", "ключ", "it's", "%s")


@contextmanager
def _unguarded(database: Database) -> Iterator[Connection]:
    engine = create_engine(engines.parsed(database.url))
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        else:
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        yield connection
    engine.dispose()


def _read(database: Database) -> list[tuple[Any, Any]]:
    with snapshot(engines.parsed(database.url)) as taken:
        return list(entries(taken.connection, Span()))


async def _some(store: SqlStore, turns: int) -> None:
    for number in range(turns):
        await answer(store, await store.receive(delivery(f"d{number}")))
    await store.sequence()
    await store.close()


async def test_each_entry_comes_with_what_is_its_own(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _some(database.open(), 3)
    at_once = _read(database)
    monkeypatch.setattr(rows, "TOGETHER", 4)
    assert _read(database) == at_once
    assert {row.log_index for row, _ in at_once} == set(range(len(at_once)))
    for row, texts in at_once:
        assert row.logged_hash == row.leaf_hash
        assert row.waiting is None
        assert row.projected[:2] == (row.ticket_id, row.ticket_seq)
        assert sorted(one.field for one in texts) == sorted(json.loads(row.leaf)["payload"])


@pytest.mark.parametrize("odd", ODD)
async def test_entry_under_a_name_that_somebody_made_up_is_found_alone(
    database: Database, odd: str
) -> None:
    await _some(database.open(), 2)
    with _unguarded(database) as connection:
        connection.execute(
            text("UPDATE audit_entry SET id = :odd WHERE id = (SELECT max(id) FROM audit_entry)"),
            {"odd": odd},
        )
    read = {row.id: row for row, _ in _read(database)}
    assert read.pop(odd).log_index is None
    assert all(row.log_index is not None and row.projected for row in read.values())
    found = verify(database.url, database.keys).findings
    assert {"column-drift", "unsequenced", "index-drift"} <= {
        one.code for one in found if one.entry == odd
    }
