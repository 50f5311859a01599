"""Readiness: whether this process can do its work now, and if not, why not."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from bot.app import App
from frontdesk import StoreError
from storage.database import HEAD, schema
from storage.depths import Depths, depths

PATIENCE_SECONDS = 3.0
"""How long the database may take to answer; whoever asks does not wait much longer either."""


async def reasons(app: App, health: dict[str, Any]) -> list[str]:
    """Why this process is not ready, each as a sentence; none if it is."""
    found = [] if app.store.keys is not None else ["the keys of the log are not in their folder"]
    if health.get("sockets") == 0:
        found.append("no socket to Slack is connected")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            found += await _database(app)
    except TimeoutError:
        found.append(f"the database did not answer within {PATIENCE_SECONDS:.0f} seconds")
    except StoreError as error:
        found.append(str(error))
    return found


async def _database(app: App) -> list[str]:
    version = await app.store.read(schema)
    if version != HEAD:
        return [f"the database has schema {version or 'none'}, this version needs {HEAD}"]
    waits = await now(app)
    if waits.oldest_pending > app.settings.ready_checkpoint_seconds:
        return [f"entries have waited {waits.oldest_pending:.0f} seconds for a checkpoint"]
    return []


async def now(app: App) -> Depths:
    """What waits now.

    Raises:
        StoreError: the database could not be read.
    """
    return await depths(app.store, time.time_ns() // 1000)
