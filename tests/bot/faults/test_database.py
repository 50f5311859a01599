"""The database full, read-only, locked, restarted: nothing acknowledged is lost, nothing twice."""

import asyncio
import contextlib
import itertools
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from freezegun import freeze_time

from bot.sandbox import Sandbox, Timing
from frontdesk import Reply, StoreError
from storage.ledger.verify import verify
from storage.queries import Queries
from storage.store import SqlStore
from tests.bot.slack.desks import Bench, bench
from tests.databases import Database
from tests.programs import environment
from tests.storage.desk import answer, delivery

PATIENT = Timing(ack=2.0, retries=(0.3, 0.6, 1.2))
LONG = "@frontdesk where is my bill?" + " and my other bill?" * 500
"""Too long for what room is left in the pages that the database has."""
FULL = "database or disk is full"
READ_ONLY = "attempt to write a readonly database"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Bench]:
    async with Sandbox(timing=PATIENT) as slack, bench(slack, tmp_path) as served:
        served.helper.says = lambda text: Reply("It is in your mail. " * 40)
        yield served


@contextlib.contextmanager
def unwritable(store: SqlStore, how: str) -> Iterator[None]:
    """A database that cannot be written to for as long as the context lasts.

    It has no room for one page more, as on a full disk, or may only be read.
    """
    (pages,) = on_writer(store, "PRAGMA page_count")
    on_writer(store, f"PRAGMA max_page_count={pages}" if how == FULL else "PRAGMA query_only=ON")
    try:
        yield
    finally:
        on_writer(store, "PRAGMA query_only=OFF")
        on_writer(store, "PRAGMA max_page_count=1073741823")


def on_writer(store: SqlStore, statement: str) -> tuple[object, ...]:
    """Run something on the one connection that writes: such settings are a connection's own."""
    with contextlib.closing(store._writer._engine.raw_connection()) as raw:  # type: ignore[attr-defined]
        return raw.cursor().execute(statement).fetchone() or ()


@pytest.mark.parametrize("how", [FULL, READ_ONLY])
async def test_message_that_cannot_be_kept_is_not_acknowledged_and_comes_again(
    desk: Bench, how: str
) -> None:
    with unwritable(desk.app.store, how):
        asked = await desk.slack.post("ana", "help", LONG)
        assert desk.helper.asked == []

    await desk.answer(asked)
    await desk.settled()

    assert len(desk.answers(asked)) == 1


@pytest.mark.parametrize("how", [FULL, READ_ONLY])
async def test_turn_waits_for_a_database_that_cannot_be_written_and_then_ends_once(
    desk: Bench, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk.helper.free.clear()
    asked = await desk.slack.post("ana", "help", "@frontdesk where is my bill?")
    await desk.slack.wait_for(lambda: desk.helper.asked)
    with unwritable(desk.app.store, how):
        desk.helper.free.set()
        await asyncio.sleep(0.6)
        assert desk.answers(asked) == []

    await desk.answer(asked)
    await desk.settled()

    assert len(desk.answers(asked)) == 1
    assert "waits for the database" in caplog.text


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program is in the middle of a write."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_database_that_another_program_holds_is_waited_for(
    desk: Bench, tmp_path: Path
) -> None:
    asking = asyncio.create_task(desk.slack.post("ana", "help", "@frontdesk where is my bill?"))
    with locked(tmp_path / "frontdesk.db"):
        await asyncio.sleep(0.5)
    asked = await asking

    await desk.answer(asked)
    await desk.settled()

    assert len(desk.answers(asked)) == 1


def in_session(database: Database, *statements: str) -> None:
    """What an administrator does to a PostgreSQL database; connections to it are ended."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_postgresql_that_is_read_only_keeps_nothing_and_works_again_by_itself(
    on_postgres: Database,
) -> None:
    store = on_postgres.open()
    try:
        await store.receive(delivery("before"))
        in_session(on_postgres, "ALTER DATABASE desk SET default_transaction_read_only = on")
        failed = await until_it(store, fails=True)
        assert "read-only transaction" in failed
    finally:
        in_session(
            on_postgres,
            "SET default_transaction_read_only = off",
            "ALTER DATABASE desk RESET default_transaction_read_only",
        )
    await until_it(store, fails=False)
    await answer(store, await store.receive(delivery("after")))
    await store.close()

    assert verify(on_postgres.url, on_postgres.keys).ok


async def until_it(store: SqlStore, *, fails: bool) -> str:
    """Try to keep something until it fails, or works; what it said the last time."""
    async with asyncio.timeout(20):
        for number in itertools.count():
            try:
                await store.receive(delivery(f"try {number} {fails}"))
            except StoreError as error:
                if fails and "read-only" in str(error):
                    return str(error)
            else:
                if not fails:
                    return ""
            await asyncio.sleep(0.05)
    raise AssertionError("unreachable")


async def test_connections_that_a_restart_cut_are_made_anew_and_nothing_is_lost(
    on_postgres: Database,
) -> None:
    store = on_postgres.open()
    kept: set[str] = set()
    for number in range(60):
        if number % 20 == 10:
            in_session(on_postgres)
        with contextlib.suppress(StoreError):
            kept.add((await store.receive(delivery(f"d{number}"))).message)

    assert len(kept) > 50
    assert kept <= set(await store.unfinished())
    await store.close()


async def test_lock_that_is_never_let_go_is_given_up_and_said(
    on_postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engines._LOCKED", 300)
    store = on_postgres.open()
    with psycopg.connect(on_postgres.url) as other:
        other.execute("LOCK TABLE message IN EXCLUSIVE MODE")
        with pytest.raises(StoreError, match="lock timeout"):
            await store.receive(delivery("one"))
        other.rollback()

    assert (await store.receive(delivery("one"))).new
    await store.close()


async def test_clock_that_jumps_disturbs_neither_order_nor_proof(database: Database) -> None:
    store, began = database.open(), datetime(2026, 11, 21, 12, tzinfo=UTC)
    receipts = []
    for hours in (0, -3, 50, 1):
        with freeze_time(began + timedelta(hours=hours), real_asyncio=True):
            one = delivery(f"at {hours}", conversation="thread", at=began)
            receipts.append(await store.receive(one))
    view = await Queries(store).ticket(receipts[0].ticket)
    await store.sequence()
    await store.close()

    assert [message.id for message in view.messages] == [one.message for one in receipts]
    times = [entry.row.recorded for entry in view.entries]
    assert times == sorted(times)
    assert verify(database.url, database.keys).ok


def test_disk_that_takes_no_more_ends_a_batch_in_plain_words(tmp_path: Path, cache: Path) -> None:
    tickets = tmp_path / "tickets.csv"
    tickets.write_text("id,text\n" + "\n".join(f"{n},I was charged twice" for n in range(300)))
    program = (
        "import resource, sys; from bot.cli import app;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, 900_000)); app(sys.argv[1:])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, "triage", "tickets.csv"],
        cwd=tmp_path,
        env=environment(tmp_path, cache),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.returncode == 3, done.stderr
    assert "frontdesk: nothing was recorded" in done.stderr
    assert "Traceback" not in done.stderr
    assert verify(f"sqlite:///{tmp_path / 'frontdesk.db'}").ok
