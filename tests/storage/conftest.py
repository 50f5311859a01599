"""Stores on real databases; the databases themselves are in `tests.databases`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.store import SqlStore
from tests.databases import Database, named

__all__ = ["Database", "named"]


@pytest.fixture
async def store(database: Database) -> AsyncIterator[SqlStore]:
    opened = database.open()
    yield opened
    await opened.close()
