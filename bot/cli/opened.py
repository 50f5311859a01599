"""The record, opened for a command that only reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.settings import load_settings
from storage.database import open_store
from storage.queries import Queries


@asynccontextmanager
async def opened_record() -> AsyncIterator[Queries]:
    """Questions to the record that the settings name, for as long as the context lasts."""
    settings = load_settings()
    store = await asyncio.to_thread(open_store, settings.database_url, settings.keys)
    try:
        yield Queries(store)
    finally:
        await store.close()
