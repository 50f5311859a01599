"""The ways in which our desk runs the turns of the benchmark: as a worker, and as a batch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from bot.app import App
from bot.engine.turning import make_worker
from bot.engine.worker import Pace, Waiting
from bot.messengers import RecordOnly
from frontdesk import FrontdeskError
from router.records import Conversation, Outcome, Receipt

SOURCE = "bench"
LOST = 120.0
"""Seconds after which a turn that has not ended is taken to be lost."""

Runs = Callable[[Receipt], Awaitable[Outcome | None]]
"""Runs the desk's turn about what was received; None where it came to nothing."""


@asynccontextmanager
async def batch(app: App) -> AsyncIterator[Runs]:
    """As `frontdesk triage` runs turns: what is broken off begins anew."""
    places = asyncio.Semaphore(app.settings.turns_in_flight)

    async def turn(receipt: Receipt) -> Outcome | None:
        try:
            async with places:
                return await app.desk.turn(receipt.message)
        except FrontdeskError:
            return None

    yield turn


@asynccontextmanager
async def worker(app: App, shown: Shown) -> AsyncIterator[Runs]:
    """As a worker runs them: claimed, each step and each model's answer kept until the end."""
    over = _Over()
    pace = Pace(settle=0.0, in_flight=app.settings.turns_in_flight)
    makes = make_worker(app, [SOURCE], over, pace)
    running = asyncio.create_task(makes.run())

    async def turn(receipt: Receipt) -> Outcome | None:
        ended = over.turns[receipt.message] = asyncio.Event()
        makes.wake(Waiting(receipt.message, receipt.ticket, "local", receipt.message))
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), LOST)
        return shown.outcomes.get(receipt.message)

    try:
        yield turn
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await makes.close()


class Shown(RecordOnly):
    """Notes what would have become visible."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}

    async def post(self, conversation: Conversation, outcome: Outcome, key: str) -> str:
        """Note it."""
        self.outcomes[outcome.message] = outcome
        return key


class _Over:
    """Tells who waits for the end of a turn."""

    def __init__(self) -> None:
        self.turns: dict[str, asyncio.Event] = {}

    async def began(self, item: Waiting) -> None:
        """Nobody looks."""

    async def in_line(self, item: Waiting, number: int) -> None:
        """Nobody looks."""

    async def left(self, item: Waiting) -> None:
        """Nobody else is there."""

    async def ended(self, item: Waiting) -> None:
        """Tell it."""
        self.turns[item.message].set()
