"""Giving observers the audit trail: in order, at least once, each at its own speed.

An observer that fails holds up nobody: it gets the same entries again after a pause.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.plugins.door_context import context_of
from bot.plugins.doors import Door, DoorKind
from storage.follow import Followers
from storage.plugins import Standing, plugin_standing

if TYPE_CHECKING:
    from bot.app import App

log = logging.getLogger("frontdesk.plugins.observers")
SECONDS = 2.0
"""How soon an observer hears of an entry that has its place in the log."""
CALL_SECONDS = 30.0
BATCHES = 20
"""At most so many in one go; the rest comes with the next tick."""


class Observing:
    """Runs the granted observers of an open desk."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._followers = Followers(app.store)

    async def tick(self) -> None:
        """Give each observer what it has not taken yet."""
        doors = self._app.thinking.registry.doors.values()
        observers = [one for one in doors if one.kind is DoorKind.OBSERVER]
        if observers:
            standing = await plugin_standing(self._app.store)
            await asyncio.gather(*(self._serve(one, standing) for one in observers))

    async def _serve(self, door: Door, standing: Standing) -> None:
        context = context_of(door, standing, self._app.desk.specialists.outside)
        if context is None:
            return
        kinds = frozenset(getattr(door.offered, "kinds", ()))
        for _ in range(BATCHES):
            batch = await self._followers.next(door.name, kinds)
            if batch is None:
                return
            try:
                async with asyncio.timeout(CALL_SECONDS):
                    if batch.entries:
                        await door.offered.observe(tuple(batch.entries), context)
            # A stranger's code may raise anything; it gets the same again later.
            except Exception as error:
                log.warning("the observer %s failed", door.name, exc_info=error)
                await self._followers.failed(door.name, f"raised {type(error).__name__}")
                return
            await self._followers.taken(door.name, batch.next_index)
