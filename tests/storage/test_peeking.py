"""A turn's small reads on SQLite run in the event loop, and never make it wait for anybody."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from frontdesk.errors import StoreError
from storage import engines
from storage.database import open_store
from storage.engines import Readers
from storage.ledger.in_use import InUse
from tests.storage.desk import delivery

_NO_TABLE = text("SELECT * FROM nowhere")


def _count(connection: Connection) -> tuple[int, str]:
    counted = connection.execute(text("SELECT count(*) FROM thing")).scalar_one()
    return int(counted), threading.current_thread().name


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database that somebody can have to themselves, which one with a log in front cannot."""
    made = sqlite3.connect(tmp_path / "some.db")
    made.execute("CREATE TABLE thing (name TEXT)")
    made.commit()
    made.close()
    return tmp_path / "some.db"


def test_who_would_have_to_wait_is_told_at_once(file: Path) -> None:
    readers = Readers(engines.reading(engines.parsed(f"sqlite:///{file}")))
    assert readers.read_at_once(_count)[0] == 0
    somebody = sqlite3.connect(file)
    somebody.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    with pytest.raises(InUse):
        readers.read_at_once(_count)
    assert time.monotonic() - began < 5
    somebody.close()
    assert readers.read_at_once(_count)[0] == 0
    readers.close()


def test_whatever_else_fails_is_an_error_as_ever(file: Path) -> None:
    readers = Readers(engines.reading(engines.parsed(f"sqlite:///{file}")))
    for read in (readers.read, readers.read_at_once):
        with pytest.raises(StoreError, match="could not be read: no such table: nowhere"):
            read(lambda connection: connection.execute(_NO_TABLE))
    readers.close()


async def test_peek_runs_here_and_where_it_must_wait_in_a_thread(
    tmp_path: Path, file: Path
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    its_own: Any = store
    its_own._readers = Readers(engines.reading(engines.parsed(f"sqlite:///{file}")))
    assert (await store.peek(_count))[1] == threading.current_thread().name
    somebody = sqlite3.connect(file)
    somebody.execute("BEGIN EXCLUSIVE")
    peeked = asyncio.create_task(store.peek(_count))
    await asyncio.sleep(0.2)
    assert not peeked.done()
    somebody.rollback()
    assert (await peeked)[1].startswith("frontdesk-reader")
    somebody.close()
    await store.close()


def test_whoever_has_left_reads_no_more_at_once_and_others_still_do(file: Path) -> None:
    readers = Readers(engines.reading(engines.parsed(f"sqlite:///{file}")))
    readers.read_at_once(_count)
    readers.leave()
    with pytest.raises(InUse):
        readers.read_at_once(_count)
    assert readers.read(_count)[0] == 0
    readers.close()


async def test_key_store_that_somebody_is_writing_to_does_not_hold_up_the_loop(
    tmp_path: Path,
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    receipt = await store.receive(delivery("one"))
    assert store.keys is not None
    subjects = store.keys.subjects
    with ThreadPoolExecutor(1) as somebody:
        somebody.submit(subjects._lock.acquire).result()
        asked = asyncio.create_task(store.conversation(receipt.message))
        await asyncio.sleep(0.2)
        assert not asked.done()
        somebody.submit(subjects._lock.release).result()
    assert (await asked).message.id == receipt.message
    await store.close()


async def test_key_store_that_another_process_writes_to_is_waited_for_in_a_thread(
    tmp_path: Path,
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    receipt = await store.receive(delivery("one"))
    assert store.keys is not None
    another = sqlite3.connect(store.keys.subjects._path, isolation_level=None)
    another.execute("BEGIN EXCLUSIVE")
    asked = asyncio.create_task(store.conversation(receipt.message))
    await asyncio.sleep(0.2)
    assert not asked.done()
    another.execute("ROLLBACK")
    assert (await asked).message.id == receipt.message
    another.close()
    await store.close()
