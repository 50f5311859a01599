"""Exports with texts in the desk's own folder: they go when their time is over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from freezegun import freeze_time
from sqlalchemy import select

from storage.export.runs import Exports, Form
from storage.ledger.tables import INDEX
from storage.privacy.leftovers import delete_exports, expire_exports
from storage.privacy.tables import ExportState
from storage.search.filters import Filter
from storage.store import SqlStore
from tests.storage.privacy.test_erasure import ANN, BOB, answered

WEEK = timedelta(days=7)


async def exported(store: SqlStore, folder: Path, *, with_texts: bool) -> tuple[str, Path]:
    """An export in the desk's folder: its name and its file."""
    exports = Exports(store)
    name = await exports.ask(Form.JSONL, Filter(), ANN, with_texts=with_texts)
    if with_texts:
        await exports.approve(name, BOB)
    path = folder / f"{name}.jsonl"
    await exports.run(name, path)
    return name, path


async def state(store: SqlStore, name: str) -> ExportState:
    found = await Exports(store).one(name)
    assert found is not None
    return found.state


async def expired(store: SqlStore) -> int:
    query = select(INDEX.c.entry_id).where(INDEX.c.kind == "export:expired")
    return len(await store.read(lambda db: db.execute(query).all()))


async def test_export_with_texts_expires_and_that_is_on_record(
    store: SqlStore, tmp_path: Path
) -> None:
    with freeze_time("2026-10-01") as clock:
        await answered(store, "d1", "U1")
        bare, kept = await exported(store, tmp_path, with_texts=False)
        name, path = await exported(store, tmp_path, with_texts=True)
        clock.tick(timedelta(days=6, hours=23))
        assert await expire_exports(store, tmp_path, WEEK) == 0
        assert path.exists()
        clock.tick(timedelta(hours=2))
        assert await expire_exports(store, tmp_path, WEEK) == 1
        assert await expire_exports(store, tmp_path, WEEK) == 0

    assert (path.exists(), kept.exists()) == (False, True)
    assert await state(store, name) is ExportState.EXPIRED
    assert await state(store, bare) is ExportState.DONE
    assert await expired(store) == 1


async def test_file_that_somebody_took_out_of_the_folder_is_not_said_to_expire(
    store: SqlStore, tmp_path: Path
) -> None:
    with freeze_time("2026-10-01") as clock:
        await answered(store, "d1", "U1")
        name, path = await exported(store, tmp_path, with_texts=True)
        clock.tick(timedelta(days=8))
        assert await expire_exports(store, tmp_path / "desk", WEEK) == 0

    assert path.exists()
    assert await state(store, name) is ExportState.DONE


async def test_export_with_texts_goes_at_once_when_somebody_is_erased(
    store: SqlStore, tmp_path: Path
) -> None:
    await answered(store, "d1", "U1")
    name, path = await exported(store, tmp_path, with_texts=True)

    assert await delete_exports(store, tmp_path) == 1
    assert not path.exists()
    assert await state(store, name) is ExportState.DELETED
    assert await expired(store) == 0
