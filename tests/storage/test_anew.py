"""A restored backup: nothing goes on in silence, and everything goes on that is there."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from frontdesk.errors import SettingsError, StoreError
from storage.anew import begin_anew, behind
from storage.database import open_store
from storage.ledger.verify import verify
from tests.storage import desk


async def _restored(tmp_path: Path) -> str:
    """A desk whose database is older than what its signer has signed."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    store = open_store(url)
    await desk.answer(store, await store.receive(desk.delivery("d1")))
    await store.close()
    shutil.copy(tmp_path / "desk.db", tmp_path / "backup.db")
    store = open_store(url)
    await desk.answer(store, await store.receive(desk.delivery("d2")))
    await store.close()
    shutil.copy(tmp_path / "backup.db", tmp_path / "desk.db")
    return url


async def test_desk_goes_on_and_the_loss_is_on_record(tmp_path: Path) -> None:
    url = await _restored(tmp_path)
    assert {one.code for one in verify(url).findings} == {"signer-memory"}
    found = behind(url)
    assert (found.there, found.signed, found.agrees) == (9, 19, False)
    begin_anew(url, "restored-backup", actor="system:operator")
    store = open_store(url)
    receipt = await store.receive(desk.delivery("d3"))
    await desk.answer(store, receipt)
    assert (await store.conversation(receipt.message)).message.text == "I was charged twice"
    await store.close()
    report = verify(url)
    assert report.ok, report.findings
    assert "from 9 to 19 entries: it was lost" in report.skipped[0]
    assert "restored-backup" in report.skipped[0]


async def test_texts_from_before_are_still_there_and_their_keys_in_one_place(
    tmp_path: Path,
) -> None:
    url = await _restored(tmp_path)
    begin_anew(url, "restored-backup", actor="system:operator")
    assert len(list((tmp_path / "frontdesk.keys").glob("*/subjects.db"))) == 1
    store = open_store(url)
    receipt = await store.receive(desk.delivery("d1"))
    assert not receipt.new
    assert (await store.conversation(receipt.message)).message.text == "I was charged twice"
    await store.close()


async def test_log_that_continues_is_not_begun_anew(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    store = open_store(url)
    await desk.answer(store, await store.receive(desk.delivery("d1")))
    await store.close()
    with pytest.raises(SettingsError, match="nothing to begin anew"):
        begin_anew(url, "no-reason", actor="system:operator")


async def test_without_it_nothing_is_signed(tmp_path: Path) -> None:
    url = await _restored(tmp_path)
    store = open_store(url)
    await store.receive(desk.delivery("d3"))
    with pytest.raises(StoreError, match="rolled back or cut"):
        await store.sequence()
    with pytest.raises(StoreError, match="rolled back or cut"):
        await store.close()


async def test_succession_that_no_entry_explains_is_found(tmp_path: Path) -> None:
    url = await _restored(tmp_path)
    begin_anew(url, "restored-backup", actor="system:operator")
    store = open_store(url)
    await store.sequence()
    await store.close()
    assert verify(url).ok
    with closing(sqlite3.connect(tmp_path / "desk.db", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER audit_log_no_update")
        connection.execute("UPDATE audit_log SET vkey = 'x' || vkey WHERE id = 1")
    codes = {one.code for one in verify(url).findings}
    assert "log-identity" in codes
