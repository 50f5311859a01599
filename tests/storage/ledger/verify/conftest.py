"""One honest database, made once; every test tampers with a copy of its own."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest

from storage.database import open_store
from tests.storage import desk
from tests.storage.ledger.verify.tampering import Copy


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Some 300 entries: whole turns, full tiles, artifacts, checkpoints, and some that wait."""
    home = tmp_path_factory.mktemp("original")
    working, copy = home / "working.db", home / "desk.db"
    asyncio.run(_written(working, copy))
    with sqlite3.connect(copy) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return Copy(copy, home / "frontdesk.keys")


@pytest.fixture
def copy(original: Copy, tmp_path: Path) -> Copy:
    return original.copied(tmp_path)


async def _written(working: Path, copy: Path) -> None:
    store = open_store(f"sqlite:///{working}")
    for number in range(30):
        receipt = await store.receive(desk.delivery(f"d{number}", author_id=f"U{number % 3}"))
        await desk.answer(store, receipt)
        if number % 8 == 0:
            await store.keep("prompt", f"Prompt {number}".encode())
            await store.sequence()
    await store.sequence()
    for number in range(30, 33):
        await desk.answer(store, await store.receive(desk.delivery(f"d{number}")))
    # As after kill -9: what waits for its place in the log is left waiting.
    for suffix in ("", "-wal"):
        shutil.copy(f"{working}{suffix}", f"{copy}{suffix}")
    memory = next((working.parent / "frontdesk.keys").glob("*/signer.state"))
    remembered = memory.read_bytes()
    await store.close()
    memory.write_bytes(remembered)
