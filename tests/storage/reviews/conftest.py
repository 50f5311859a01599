"""A desk with decisions to review, and two reviewers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from router.records import Receipt
from storage.humans import Humans
from storage.reviews.service import Reviews
from storage.store import SqlStore
from tests.storage import desk
from tests.storage.conftest import Database

Decide = Callable[[int], Awaitable[list[Receipt]]]


@pytest.fixture
async def on_sqlite(sqlite: Database) -> AsyncIterator[SqlStore]:
    opened = sqlite.open()
    yield opened
    await opened.close()


@pytest.fixture
def decide(on_sqlite: SqlStore) -> Decide:
    """Let the desk decide so many matters."""

    async def decided(count: int) -> list[Receipt]:
        receipts = [await on_sqlite.receive(desk.delivery(f"d{at}")) for at in range(count)]
        for receipt in receipts:
            await desk.answer(on_sqlite, receipt)
        return receipts

    return decided


@pytest.fixture
def reviews(on_sqlite: SqlStore) -> Reviews:
    return Reviews(on_sqlite)


@pytest.fixture
async def ann(on_sqlite: SqlStore) -> str:
    return await Humans(on_sqlite).ref("console", "local", "ann")


@pytest.fixture
async def ben(on_sqlite: SqlStore) -> str:
    return await Humans(on_sqlite).ref("console", "local", "ben")
