"""Exports that run beside the pages."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.web.console.exports import running
from storage.database import open_store
from storage.export.runs import ExportJob, Exports, Form
from storage.privacy.tables import ExportState
from storage.search.filters import Filter
from storage.store import SqlStore
from tests.storage import desk


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = open_store(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys")
    await desk.answer(opened, await opened.receive(desk.delivery("d")))
    yield opened
    await opened.close()


async def ended(exports: Exports, folder: Path) -> ExportJob:
    """Ask for an export, let it be written into a folder, and give it once it is over."""
    await exports.ask(Form.CSV, Filter(), "human:one")
    running.begin(exports, (await exports.all())[0], folder)
    async with asyncio.timeout(20):
        while (found := (await exports.all())[0]).done is None and not found.fault:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return found


async def test_an_export_is_written_into_a_folder_of_its_own(
    store: SqlStore, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "exports"
    job = await ended(Exports(store), folder)

    assert job.state is ExportState.DONE
    assert running.place(job, folder).read_bytes().count(b"\n") == job.rows + 1
    assert folder.stat().st_mode & 0o077 == 0


async def test_an_export_that_cannot_be_written_says_so(store: SqlStore, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.write_text("This is no folder.")
    job = await ended(Exports(store), folder)

    assert job.state is ExportState.FAILED
    assert "NotADirectoryError" in job.fault
