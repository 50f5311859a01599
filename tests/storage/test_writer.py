from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, make_url, text

from frontdesk.errors import StoreError
from storage import engines
from storage.writer import GroupWriter


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[GroupWriter]:
    engine = engines.writing(make_url(f"sqlite:///{tmp_path / 'w.db'}"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT"))
    made = GroupWriter(engine)
    yield made
    made.close()


def _insert(connection: Connection, number: int) -> int:
    connection.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})
    return number


def _numbers(connection: Connection) -> list[int]:
    return list(connection.execute(text("SELECT n FROM t ORDER BY n")).scalars())


async def test_jobs_that_wait_share_a_commit(writer: GroupWriter) -> None:
    commits = 0

    @event.listens_for(writer._engine, "commit")
    def counted(connection: object) -> None:
        nonlocal commits
        commits += 1

    gate = threading.Event()
    held = asyncio.create_task(writer.run(lambda connection: gate.wait()))
    await asyncio.sleep(0.05)
    jobs = [
        asyncio.create_task(writer.run(lambda connection, n=n: _insert(connection, n)))
        for n in range(64)
    ]
    await asyncio.sleep(0.05)
    gate.set()
    await held
    assert await asyncio.gather(*jobs) == list(range(64))
    assert commits == 2


async def test_failing_job_takes_back_only_its_own(writer: GroupWriter) -> None:
    def broken(connection: Connection) -> None:
        _insert(connection, 100)
        _insert(connection, 1)

    results = await asyncio.gather(
        writer.run(lambda connection: _insert(connection, 1)),
        writer.run(broken),
        writer.run(lambda connection: _insert(connection, 2)),
        return_exceptions=True,
    )
    assert results[0] == 1
    assert isinstance(results[1], StoreError)
    assert results[2] == 2
    assert await writer.run(_numbers) == [1, 2]


async def test_job_of_a_caller_who_left_before_it_began_is_not_run(writer: GroupWriter) -> None:
    gate = threading.Event()
    held = asyncio.create_task(writer.run(lambda connection: gate.wait()))
    await asyncio.sleep(0.05)
    left = asyncio.create_task(writer.run(lambda connection: _insert(connection, 5)))
    await asyncio.sleep(0)
    left.cancel()
    await asyncio.sleep(0)
    gate.set()
    await held
    assert await writer.run(_numbers) == []


async def test_bug_in_a_job_reaches_its_caller_as_it_is(writer: GroupWriter) -> None:
    with pytest.raises(ZeroDivisionError):
        await writer.run(lambda connection: 1 // 0)
    assert await writer.run(lambda connection: _insert(connection, 1)) == 1


async def test_closed_writer_refuses(writer: GroupWriter, tmp_path: Path) -> None:
    await writer.run(lambda connection: _insert(connection, 1))
    writer.close()
    assert not (tmp_path / "w.db-wal").exists()
    with pytest.raises(StoreError, match="closed"):
        await writer.run(_numbers)


async def test_group_that_cannot_be_committed_is_refused_to_all(writer: GroupWriter) -> None:
    def deferred(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE p (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)"))

    await writer.run(deferred)
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        await writer.run(lambda connection: connection.execute(text("INSERT INTO c VALUES (1)")))
    assert await writer.run(lambda connection: _insert(connection, 1)) == 1


async def test_closing_says_nothing_of_a_log_that_could_not_be_tidied_up(
    tmp_path: Path,
) -> None:
    engine = engines.writing(make_url(f"sqlite:///{tmp_path / 'gone' / 'w.db'}"))
    writer = GroupWriter(engine)
    with pytest.raises(StoreError, match="unable to open"):
        await writer.run(_numbers)

    writer.close()


async def test_full_database_is_named_as_the_reason(writer: GroupWriter) -> None:
    def limited(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 4")
        connection.execute(text("CREATE TABLE big (t TEXT) STRICT"))
        connection.execute(text("INSERT INTO big VALUES (hex(randomblob(100000)))"))

    with pytest.raises(StoreError, match="full"):
        await writer.run(limited)
    await writer.run(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 9999"))
    assert await writer.run(lambda connection: _insert(connection, 1)) == 1


async def test_whoever_comes_while_it_closes_is_told(tmp_path: Path) -> None:
    engine = engines.writing(make_url(f"sqlite:///{tmp_path / 'late.db'}"))
    late = GroupWriter(engine)
    await asyncio.to_thread(late.close)
    late._closed = False  # it had looked just before
    waiting = asyncio.create_task(late.run(lambda connection: None))
    await asyncio.sleep(0)
    late._refuse_late()
    with pytest.raises(StoreError, match="closed"):
        await waiting
