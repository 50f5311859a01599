from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from frontdesk.errors import SettingsError
from storage import engines
from storage.database import open_store
from storage.ledger.verify import verify
from storage.ledger.verify.entries import EntryCheck
from storage.ledger.verify.rows import Span
from tests.storage import desk
from tests.storage.conftest import Database
from tests.storage.ledger.verify.tampering import Copy


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_verifying_leaves_the_folder_as_it_was(copy: Copy) -> None:
    folders = [copy.file.parent, *copy.keys.iterdir()]
    before = [_contents(folder) for folder in folders]
    assert copy.verified().ok
    assert [_contents(folder) for folder in folders] == before


def test_read_only_folder_can_be_verified(copy: Copy) -> None:
    copy.file.chmod(0o400)
    copy.file.parent.chmod(0o500)
    try:
        assert copy.verified().ok
    finally:
        copy.file.parent.chmod(0o700)


async def test_database_in_use_can_be_verified(sqlite: Database) -> None:
    store = sqlite.open()
    stop = asyncio.Event()

    async def write() -> None:
        number = 0
        while not stop.is_set():
            await desk.answer(store, await store.receive(desk.delivery(f"d{number}")))
            await store.sequence()
            number += 1

    writing = asyncio.create_task(write())
    for _ in range(8):
        report = await asyncio.to_thread(verify, sqlite.url, sqlite.keys)
        assert report.ok, report.findings
    stop.set()
    await writing
    await store.close()


def test_missing_database_is_said_so_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no database"):
        verify(f"sqlite:///{tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []


def test_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "none.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(SettingsError, match="cannot be verified"):
        verify(f"sqlite:///{tmp_path / 'none.db'}")


def test_database_that_begins_to_change_is_read_again(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody opens it after it was taken for closed: what was read till then counts nothing."""
    readings = 0
    plainly = EntryCheck.run

    def disturbed(check: EntryCheck, connection: Connection, span: Span) -> None:
        nonlocal readings
        readings += 1
        if readings == 1:
            with closing(sqlite3.connect(copy.file)) as other:
                other.execute("UPDATE ticket SET questions = questions + 1")
                other.commit()
            check.findings.add("entry-hash", "read while it changed")
        plainly(check, connection, span)

    monkeypatch.setattr(EntryCheck, "run", disturbed)
    assert copy.verified().ok
    assert readings == 2


def test_moved_away_keys_are_said_so(copy: Copy, tmp_path: Path) -> None:
    shutil.copytree(copy.keys, tmp_path / "keys")
    next((tmp_path / "keys").glob("*/signer.key")).unlink()
    report = verify(f"sqlite:///{copy.file}", tmp_path / "keys")
    assert [finding.code for finding in report.findings] == ["log-identity"]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ("UPDATE audit_entry SET leaf = replace(leaf, 'billing', 'Billing')", {"entry-hash"}),
        ("DELETE FROM audit_entry WHERE ticket_seq = 4", {"entry-missing"}),
        ("DELETE FROM audit_payload WHERE field = 'draft'", {"payload-missing"}),
        ("UPDATE audit_index SET specialist = 'x' WHERE ticket_seq = 4", {"index-drift"}),
        ("DELETE FROM audit_leaf WHERE log_index = 3", {"log-gap"}),
        ("DELETE FROM audit_checkpoint", {"checkpoint-missing"}),
    ],
)
def test_tampering_is_found_on_postgresql(
    on_postgres: Database, change: str, codes: set[str]
) -> None:
    async def used() -> None:
        store = open_store(on_postgres.url, on_postgres.keys)
        await desk.answer(store, await store.receive(desk.delivery("d1")))
        await store.close()

    asyncio.run(used())
    assert verify(on_postgres.url, on_postgres.keys).ok
    engine = create_engine(engines.parsed(on_postgres.url))
    table = change.split()[2] if change.startswith("DELETE") else change.split()[1]
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.execute(text(change))
    engine.dispose()
    report = verify(on_postgres.url, on_postgres.keys)
    assert codes <= {finding.code for finding in report.findings}
