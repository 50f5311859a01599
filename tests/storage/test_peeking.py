"""A turn's small reads on SQLite run in the event loop, and never make it wait for anybody."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable
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
from storage.ledger.subjects import Subjects
from storage.store import SqlStore
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


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[tuple[SqlStore, str]]:
    """A store, and a message in it."""
    store = open_store(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    receipt = await store.receive(delivery("one"))
    yield store, receipt.message
    await store.close()


async def waits_without_holding_up_the_loop(
    kept: tuple[SqlStore, str], let_go: Callable[[], object]
) -> None:
    """The message is read once the key store is `let_go` of, and the loop runs until then."""
    store, message = kept
    asked = asyncio.create_task(store.conversation(message))
    await asyncio.sleep(0.2)
    assert not asked.done()
    let_go()
    assert (await asked).message.id == message


async def test_key_store_that_somebody_is_writing_to_does_not_hold_up_the_loop(
    kept: tuple[SqlStore, str],
) -> None:
    lock = keys_of(kept)._lock
    with ThreadPoolExecutor(1) as somebody:
        somebody.submit(lock.acquire).result()
        await waits_without_holding_up_the_loop(
            kept, lambda: somebody.submit(lock.release).result()
        )


async def test_key_store_that_another_process_writes_to_is_waited_for_in_a_thread(
    kept: tuple[SqlStore, str],
) -> None:
    another = sqlite3.connect(keys_of(kept)._path, isolation_level=None)
    another.execute("BEGIN EXCLUSIVE")
    await waits_without_holding_up_the_loop(kept, lambda: another.execute("ROLLBACK"))
    another.close()


def test_key_store_that_fails_is_let_go_of(tmp_path: Path) -> None:
    subjects = Subjects(tmp_path / "subjects.db", b"k" * 32)
    subjects.close()
    with pytest.raises(sqlite3.ProgrammingError), subjects.at_once():
        raise AssertionError("it is closed")
    with ThreadPoolExecutor(1) as somebody:
        assert somebody.submit(subjects._lock.acquire, blocking=False).result()
        somebody.submit(subjects._lock.release).result()


def keys_of(kept: tuple[SqlStore, str]) -> Subjects:
    """The key store."""
    keys = kept[0].keys
    assert keys is not None
    return keys.subjects
