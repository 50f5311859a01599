"""Statements that go to PostgreSQL together, and what is left when one of them is refused."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from sqlalchemy import Connection, bindparam, create_engine, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from frontdesk import StoreError
from storage import engines
from storage.database import open_store
from storage.ledger import often
from storage.ledger.append import Appender
from storage.step_tables import STOP_WISH
from storage.store import SqlStore
from tests.databases import Database

_WISH = {"ticket_id": "T1", "actor": "human:requester", "at_us": 1}
_NEW = insert(STOP_WISH)
_ALL = select(STOP_WISH.c.ticket_id, STOP_WISH.c.actor)
_ONE = _ALL.where(STOP_WISH.c.ticket_id == bindparam("ticket"))


@pytest.fixture
async def store(on_postgres: Database) -> SqlStore:
    return on_postgres.open()


async def _wishes(store: SqlStore) -> list[str]:
    return await store.read(lambda db: [row.ticket_id for row in often.rows(db, _ALL, {})])


async def test_what_is_kept_is_there_for_whatever_comes_next(store: SqlStore) -> None:
    def job(connection: Connection, _: Appender) -> list[object]:
        often.run(connection, _NEW, [_WISH])
        asked = often.first(connection, _ONE, {"ticket": "T1"})
        often.run(connection, _NEW, [{**_WISH, "ticket_id": "T2"}])
        counted = connection.execute(select(func.count()).select_from(STOP_WISH)).scalar()
        often.change(connection, STOP_WISH, {"ticket_id": "T2"}, {"actor": "human:other"})
        return [asked, counted]

    asked, counted = await store.write(job)
    assert (asked, counted) == (("T1", "human:requester"), 2)
    assert await _wishes(store) == ["T1", "T2"]
    await store.close()


async def test_refused_statement_leaves_nothing_though_it_is_known_only_at_the_commit(
    store: SqlStore,
) -> None:
    def job(connection: Connection, _: Appender) -> None:
        often.run(connection, _NEW, [{**_WISH, "ticket_id": "T2"}, _WISH, _WISH])

    with pytest.raises(StoreError, match="duplicate key"):
        await store.write(job)
    assert await _wishes(store) == []
    await store.write(lambda db, _: often.run(db, _NEW, [_WISH]))
    assert await _wishes(store) == ["T1"]
    await store.close()


async def test_row_that_must_be_there_is_missed_before_anything_is_committed(
    store: SqlStore,
) -> None:
    def job(connection: Connection, _: Appender) -> None:
        often.run(connection, _NEW, [_WISH])
        often.must(connection, _ONE, {"ticket": "T9"}, lambda: StoreError("there is no T9"))

    with pytest.raises(StoreError, match="there is no T9"):
        await store.write(job)
    assert await _wishes(store) == []
    await store.close()


async def test_row_that_must_be_there_and_is_lets_the_transaction_end(store: SqlStore) -> None:
    def job(connection: Connection, _: Appender) -> None:
        often.run(connection, _NEW, [_WISH])
        often.must(connection, _ONE, {"ticket": "T1"}, lambda: StoreError("there is no T1"))
        given = {"actor": "human:other"}
        often.change_one(
            connection, STOP_WISH, {"ticket_id": "T1"}, given, lambda: StoreError("nothing changed")
        )

    await store.write(job)
    assert await _wishes(store) == ["T1"]
    await store.close()


async def test_transactions_that_wait_for_each_other_do_not_stop_the_process(
    store: SqlStore,
) -> None:
    """Whoever waits for a row in the server must let the thread go on that has the row."""
    await store.write(lambda db, _: often.run(db, _NEW, [_WISH]))
    locked = _ONE.with_for_update()

    def job(connection: Connection, _: Appender) -> None:
        assert often.first(connection, locked, {"ticket": "T1"}) is not None
        assert often.first(connection, _ONE, {"ticket": "T1"}) is not None

    async with asyncio.timeout(20):
        await asyncio.gather(*(store.write(job) for _ in range(40)))
    await store.close()


async def test_reading_does_not_fail_because_the_server_ended_its_connections(
    on_postgres: Database,
) -> None:
    store = open_store(on_postgres.url, on_postgres.keys)
    await asyncio.gather(*(_wishes(store) for _ in range(8)))
    with psycopg.connect(on_postgres.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    for _ in range(8):
        assert await _wishes(store) == []
        assert await store.unfinished() == []
    await store.close()


def test_statement_is_sent_at_once_where_nobody_sends_what_is_kept(on_postgres: Database) -> None:
    engine = create_engine(engines.parsed(on_postgres.url))
    with engine.begin() as connection:
        often.run(connection, _NEW, [_WISH])
    with engine.begin() as connection:
        assert often.first(connection, _ONE, {"ticket": "T1"}) == ("T1", "human:requester")
    engine.dispose()


def test_text_that_the_database_would_cut_off_is_refused(on_postgres: Database) -> None:
    engine = engines.writing(engines.parsed(on_postgres.url))
    with pytest.raises(DBAPIError, match="NUL"), engine.begin() as connection:
        often.run(connection, _NEW, [{**_WISH, "actor": "human\0other"}])
    engine.dispose()


def test_prepared_statements_outlive_a_rollback(on_postgres: Database) -> None:
    engine = engines.writing(engines.parsed(on_postgres.url))
    for _ in range(3):
        with pytest.raises(IntegrityError), engine.begin() as connection:
            often.run(connection, _NEW, [_WISH, _WISH])
            often.first(connection, _ONE, {"ticket": "T1"})
        with engine.begin() as connection:
            assert often.first(connection, _ONE, {"ticket": "T1"}) is None
    engine.dispose()


def test_session_that_forgets_what_was_prepared_is_used_without(on_postgres: Database) -> None:
    """As behind a pooler that hands out sessions by transaction."""
    engine = engines.writing(engines.parsed(on_postgres.url))
    with engine.begin() as connection:
        often.run(connection, _NEW, [_WISH])
        assert often.first(connection, _ONE, {"ticket": "T1"}) is not None
        connection.exec_driver_sql("DEALLOCATE ALL")
    with pytest.raises(DBAPIError, match="does not exist"), engine.begin() as connection:
        often.first(connection, _ONE, {"ticket": "T1"})
    for _ in range(3):
        with engine.begin() as connection:
            assert often.first(connection, _ONE, {"ticket": "T1"}) is not None
            connection.exec_driver_sql("DEALLOCATE ALL")
    engine.dispose()
