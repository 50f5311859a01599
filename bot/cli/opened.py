"""The store, opened for one command."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.settings import load_settings
from storage.database import open_store
from storage.store import SqlStore


@asynccontextmanager
async def opened_store() -> AsyncIterator[SqlStore]:
    """The store that the settings name, for as long as the context lasts."""
    settings = load_settings()
    store = await asyncio.to_thread(open_store, settings.database_url, settings.keys)
    try:
        yield store
    finally:
        await store.close()
