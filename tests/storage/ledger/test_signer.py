from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from frontdesk.errors import StoreError
from storage.database import open_store
from storage.ledger import note
from storage.ledger.signer import LogRefused, Memory, remember, remembered
from storage.ledger.verify import verify
from tests.storage import desk
from tests.storage.conftest import Database


def _file(database: Database) -> Path:
    return Path(database.url.removeprefix("sqlite:///"))


async def _used(database: Database, *names: str) -> None:
    store = database.open()
    for name in names:
        await store.receive(desk.delivery(name))
    await store.close()


async def test_database_that_was_rolled_back_is_refused(sqlite: Database, tmp_path: Path) -> None:
    await _used(sqlite, "d1")
    older = shutil.copy(_file(sqlite), tmp_path / "older.db")
    await _used(sqlite, "d2", "d3")
    shutil.copy(older, _file(sqlite))
    store = sqlite.open()
    await store.receive(desk.delivery("d4"))
    with pytest.raises(LogRefused, match="rolled back"):
        await store.close()
    report = verify(sqlite.url, sqlite.keys)
    assert {finding.code for finding in report.findings} == {"signer-memory"}


async def test_copy_that_went_its_own_way_is_refused(sqlite: Database, tmp_path: Path) -> None:
    await _used(sqlite, "d1")
    fork = Path(shutil.copy(_file(sqlite), tmp_path / "fork.db"))
    await _used(sqlite, "d2")
    store = open_store(f"sqlite:///{fork}", sqlite.keys)
    for name in ("d3", "d4", "d5"):
        await store.receive(desk.delivery(name))
    with pytest.raises(LogRefused, match="another copy"):
        await store.close()
    assert verify(sqlite.url, sqlite.keys).ok


async def test_crash_before_remembering_is_no_rollback(sqlite: Database) -> None:
    await _used(sqlite, "d1")
    (state,) = sqlite.keys.glob("*/signer.state")
    before = state.read_bytes()
    await _used(sqlite, "d2")
    state.write_bytes(before)
    assert verify(sqlite.url, sqlite.keys).ok
    await _used(sqlite, "d3")
    assert verify(sqlite.url, sqlite.keys).ok


async def test_checkpoints_are_signed_with_the_key_that_reviewers_hold(sqlite: Database) -> None:
    await _used(sqlite, "d1")
    (vkey,) = sqlite.keys.glob("*/signer.vkey")
    with closing(sqlite3.connect(_file(sqlite))) as connection:
        rows = connection.execute("SELECT note, size, root FROM audit_checkpoint").fetchall()
    assert rows
    for text, size, root in rows:
        checkpoint = note.opened(text, vkey.read_text().strip())
        assert (checkpoint.size, checkpoint.root) == (size, root)


def test_memory_only_grows(tmp_path: Path) -> None:
    assert remembered(tmp_path) == Memory()
    remember(tmp_path, Memory(5, b"5" * 32))
    remember(tmp_path, Memory(3, b"3" * 32))
    assert remembered(tmp_path) == Memory(5, b"5" * 32)
    (tmp_path / "signer.state").write_text("nonsense")
    with pytest.raises(StoreError, match="cannot be read"):
        remembered(tmp_path)
