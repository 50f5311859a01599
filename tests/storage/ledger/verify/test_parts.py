"""Verifying in several processes, and only what is new: the same answers, sooner."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from storage import engines
from storage.ledger.verify import run as module
from storage.ledger.verify import verify
from storage.ledger.verify.memory import FILE, remember
from storage.ledger.verify.spans import log_size
from tests.storage import desk
from tests.storage.conftest import Database
from tests.storage.ledger.verify.tampering import Copy


async def _grown(database: Database, *names: str) -> int:
    """More turns, and how long the log was before."""
    store = database.open()
    size = await store.read(log_size)
    for name in names:
        await desk.answer(store, await store.receive(desk.delivery(name)))
        await store.sequence()
    await store.close()
    return size


def _changed(database: Database, statement: str) -> None:
    engine = create_engine(engines.parsed(database.url))
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        else:
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        connection.execute(text(statement))
    engine.dispose()


async def test_several_processes_find_what_one_finds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _grown(database, *(f"d{number}" for number in range(12)))
    alone = verify(database.url, database.keys)
    monkeypatch.setattr(module, "WORTH_IT", 0)
    together = verify(database.url, database.keys)
    assert together == alone
    assert together.ok
    _changed(database, "UPDATE audit_entry SET mac_kid = 2 WHERE ticket_seq = 5")
    found = verify(database.url, database.keys)
    assert {"origin-mac", "column-drift"} <= {one.code for one in found.findings}
    assert len({one.entry for one in found.findings} - {None}) >= 12


@pytest.fixture
def long_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ALL_BELOW", 0)


async def test_short_log_is_always_looked_at_as_a_whole(sqlite: Database) -> None:
    await _grown(sqlite, "d1")
    first = verify(sqlite.url, sqlite.keys)
    remember(sqlite.url, sqlite.keys, first)
    assert verify(sqlite.url, sqlite.keys, since=None) == first


@pytest.mark.usefixtures("long_log")
async def test_only_what_is_new_is_looked_at(database: Database) -> None:
    await _grown(database, "d1", "d2")
    first = verify(database.url, database.keys)
    remember(database.url, database.keys, first)
    size = await _grown(database, "d3")
    report = verify(database.url, database.keys, since=None)
    assert report.ok, report.findings
    assert (report.since, report.size > size) == (size, True)
    assert 0 < report.checked < first.checked
    assert "--full" in report.skipped[-1]


@pytest.mark.usefixtures("long_log")
async def test_change_of_what_is_new_is_found(database: Database) -> None:
    await _grown(database, "d1")
    remember(database.url, database.keys, verify(database.url, database.keys))
    await _grown(database, "d2")
    _changed(
        database,
        "UPDATE audit_entry SET leaf = replace(leaf, 'billing', 'Billing') WHERE id = "
        "(SELECT max(id) FROM audit_entry WHERE leaf LIKE '%route:decided%')",
    )
    report = verify(database.url, database.keys, since=None)
    assert {"entry-hash", "origin-mac"} <= {one.code for one in report.findings}


@pytest.mark.usefixtures("long_log")
async def test_old_log_under_new_entries_is_held_against_what_was_verified(
    sqlite: Database,
) -> None:
    """The tiles of the old part no longer make the root that was verified then."""
    await _grown(sqlite, *(f"d{number}" for number in range(3)))
    remember(sqlite.url, sqlite.keys, verify(sqlite.url, sqlite.keys))
    engine = create_engine(engines.parsed(sqlite.url))
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_leaf_no_update"))
        connection.execute(
            text("UPDATE audit_leaf SET leaf_hash = zeroblob(32) WHERE log_index = 3")
        )
    engine.dispose()
    report = verify(sqlite.url, sqlite.keys, since=None)
    assert "root-mismatch" in {one.code for one in report.findings}
    assert report.since == 0  # nothing is taken for granted any more


async def test_from_a_place_on_goes_back_to_a_checkpoint(sqlite: Database) -> None:
    first = await _grown(sqlite, "d1") or 9
    await _grown(sqlite, "d2")
    report = verify(sqlite.url, sqlite.keys, since=first + 3)
    assert report.ok
    assert report.since == first


async def test_what_was_altered_is_not_remembered(sqlite: Database) -> None:
    await _grown(sqlite, "d1")
    _changed(sqlite, "UPDATE audit_entry SET mac_kid = 2 WHERE ticket_seq = 5")
    remember(sqlite.url, sqlite.keys, verify(sqlite.url, sqlite.keys))
    assert list(sqlite.keys.glob(f"*/{FILE}")) == []


def test_text_that_is_no_text_is_found(copy: Copy) -> None:
    """Somebody writes bytes into a column of texts: reading on stops for no one."""
    with copy.unguarded() as connection:
        connection.execute("UPDATE audit_entry SET leaf = CAST(x'ff' AS TEXT) WHERE rowid = 20")
    codes = {one.code for one in copy.verified().findings}
    assert {"entry-hash", "origin-mac"} <= codes


def test_file_without_anything_to_hold_against_is_refused(copy: Copy, tmp_path: Path) -> None:
    (tmp_path / "nothing.txt").write_text("hello\n")
    with pytest.raises(Exception, match="neither a signed note nor a public key"):
        verify(f"sqlite:///{copy.file}", copy.keys, against=tmp_path / "nothing.txt")
