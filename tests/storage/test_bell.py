"""The bell that spares other processes some waiting."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import psycopg

from storage.bell import Bell, bell_of
from tests.databases import Database


@contextlib.asynccontextmanager
async def hearing(bell: Bell) -> AsyncIterator[asyncio.Queue[None]]:
    """What a process hears, from when it began to listen."""
    heard: asyncio.Queue[None] = asyncio.Queue()
    listening = asyncio.create_task(bell.listen(lambda: heard.put_nowait(None)))
    try:
        await asyncio.wait_for(heard.get(), 10)
        yield heard
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await bell.close()


async def test_another_process_hears_it(on_postgres: Database) -> None:
    other = Bell(on_postgres.url)
    async with hearing(Bell(on_postgres.url)) as heard:
        other.ring()
        await asyncio.wait_for(heard.get(), 10)
        await other.close()


async def test_nobody_hears_their_own(on_postgres: Database) -> None:
    bell, other = Bell(on_postgres.url), Bell(on_postgres.url)
    async with hearing(other) as heard, hearing(bell) as own:
        bell.ring()
        await asyncio.wait_for(heard.get(), 10)
        assert own.empty()


async def test_many_rings_at_once_are_few(on_postgres: Database) -> None:
    other = Bell(on_postgres.url)
    async with hearing(Bell(on_postgres.url)) as heard:
        for _ in range(100):
            other.ring()
        await asyncio.wait_for(heard.get(), 10)
        await asyncio.sleep(0.2)
        assert heard.qsize() <= 1
        await other.close()


async def test_it_is_heard_again_after_the_server_ended_the_connection(
    on_postgres: Database,
) -> None:
    other = Bell(on_postgres.url)
    async with hearing(Bell(on_postgres.url)) as heard:
        with psycopg.connect(on_postgres.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await asyncio.wait_for(heard.get(), 10)
        other.ring()
        await asyncio.wait_for(heard.get(), 10)
        await other.close()


async def test_ringing_at_a_server_that_is_not_there_fails_without_a_word() -> None:
    bell = Bell("postgresql://nobody@127.0.0.1:1/desk")
    bell.ring()
    listening = asyncio.create_task(bell.listen(lambda: None))
    await asyncio.sleep(0.3)
    assert not listening.done()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await bell.close()


def test_sqlite_has_none() -> None:
    assert bell_of("sqlite:///desk.db") is None
