"""A store on SQLite, where the database makes no difference."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.store import SqlStore
from tests.storage.conftest import Database


@pytest.fixture
async def sqlite_store(sqlite: Database) -> AsyncIterator[SqlStore]:
    opened = sqlite.open()
    yield opened
    await opened.close()
