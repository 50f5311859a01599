"""The turns of what came in by another door: found by looking, whichever process took it in.

Where Slack is served its worker runs them too (`bot.slack.desk`); `door_turns` is for a desk
without Slack.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.app import App
from bot.engine.turning import make_worker
from bot.engine.watching import Watcher
from bot.engine.worker import Pace, Waiting, Worker
from storage.doors.places import DOORS, is_door

LOOK_SECONDS = 0.5


class SlackOnly:
    """Leaves what came by another door out of what is shown in Slack of turns."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher

    async def began(self, item: Waiting) -> None:
        """Its turn runs from now on."""
        if not is_door(item.conversation):
            await self._watcher.began(item)

    async def in_line(self, item: Waiting, number: int) -> None:
        """It waits."""
        if not is_door(item.conversation):
            await self._watcher.in_line(item, number)

    async def left(self, item: Waiting) -> None:
        """Another process runs it."""
        if not is_door(item.conversation):
            await self._watcher.left(item)

    async def ended(self, item: Waiting) -> None:
        """The turn of a message is over."""
        if not is_door(item.conversation):
            await self._watcher.ended(item)


@asynccontextmanager
async def door_turns(app: App) -> AsyncIterator[Worker]:
    """Run the turns of the other doors for as long as the context lasts."""
    settings = app.settings
    pace = Pace(
        settle=0.0, in_flight=settings.turns_in_flight, tries=settings.turn_tries, look=LOOK_SECONDS
    )
    worker = make_worker(app, DOORS, pace=pace)
    running = asyncio.create_task(worker.run(), name="frontdesk-doors")
    try:
        yield worker
    finally:
        await worker.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
