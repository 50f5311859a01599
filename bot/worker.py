"""The worker: runs the turns of what was received, in order within a ticket, side by side else.

What waits stands in the database; this is only the hurry. So nothing is lost when the process
dies: what has not ended is found at the next start, and by a look every few seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.claiming import Claims, NoOthers, claimed
from bot.rescue import hand_to_human
from frontdesk import PostError, StoreError
from router import facts
from router.endings import quiet
from router.flow import Desk
from router.outbox import DESK
from router.records import Outcome

log = logging.getLogger("frontdesk.worker")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message whose turn has not ended.

    `begun`: something of it was done already. `found`: in the database, so nobody knows what was
    shown of it before.
    """

    message: str
    ticket: str
    workspace: str
    conversation: str
    begun: bool = False
    found: bool = False


class Queue(Protocol):
    """What waits, as the database knows it."""

    async def waiting(self) -> Sequence[Waiting]:
        """All messages whose turn has not ended, oldest first."""


class Watcher(Protocol):
    """Wants to know when a turn is over."""

    async def ended(self, item: Waiting) -> None:
        """The turn of a message is over, whatever came of it; must never raise."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How hard the worker works; times in seconds.

    A turn begins once nobody has written in its thread for `settle`, at the latest after
    `longest_settle`, so that a burst of messages is answered as one.
    """

    settle: float = 1.0
    longest_settle: float = 6.0
    in_flight: int = 16
    tries: int = 5
    first_pause: float = 0.5
    longest_pause: float = 30.0
    look: float = 5.0
    grace: float = 20.0


@dataclass(slots=True)
class _Lane:
    """The turns of one ticket, one after the other."""

    waiting: deque[Waiting] = field(default_factory=deque)
    began: float = 0.0
    heard: float = 0.0
    task: asyncio.Task[None] | None = None
    turn: asyncio.Task[Outcome] | None = None
    current: Waiting | None = None
    stopped_by: str = ""


class Worker:
    """Runs turns on a desk."""

    def __init__(
        self,
        desk: Desk,
        queue: Queue,
        watcher: Watcher | None = None,
        pace: Pace | None = None,
        claims: Claims | None = None,
    ) -> None:
        self._desk = desk
        self._queue = queue
        self._claims = claims or NoOthers()
        self._watcher = watcher
        self._pace = pace or Pace()
        self._slots = asyncio.Semaphore(self._pace.in_flight)
        self._lanes: dict[str, _Lane] = {}
        self._closing = False
        self._look = asyncio.Event()

    @property
    def busy(self) -> int:
        """How many tickets have turns to run."""
        return len(self._lanes)

    def wake(self, item: Waiting) -> None:
        """Run the turn of a message that was just received."""
        lane = self._lanes.get(item.ticket)
        if self._closing or (lane and any(one.message == item.message for one in lane.waiting)):
            return
        now = time.monotonic()
        if lane is None:
            lane = self._lanes[item.ticket] = _Lane(began=now)
        lane.waiting.append(item)
        lane.heard = now
        if lane.task is None:
            lane.task = asyncio.create_task(self._run(item.ticket, lane), name="frontdesk-lane")

    async def run(self) -> None:
        """Take up what was left behind, then look for more until cancelled."""
        while True:
            try:
                for item in await self._queue.waiting():
                    self.wake(item)
            except StoreError as error:
                log.warning("the queue could not be read: %s", error)
            self._look.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace.look):
                    await self._look.wait()

    def look(self) -> None:
        """Look at once for what waits, instead of every few seconds."""
        self._look.set()

    async def stop(self, ticket: str, actor: str) -> bool:
        """Stop the ticket's turns on somebody's wish; false if there is nothing to be stopped.

        What is on its way to being posted is not stopped any more: it may be visible already.
        """
        lane = self._lanes.get(ticket)
        if lane is None or lane.stopped_by:
            return False
        if lane.current and await self._desk.store.posting(lane.current.message):
            return False
        lane.stopped_by = actor
        if lane.turn is not None:
            lane.turn.cancel()
        return True

    async def close(self) -> None:
        """Begin nothing more, give running turns time to end, then leave them to the next start."""
        self._closing = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._pace.grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, ticket: str, lane: _Lane) -> None:
        """Run all turns of a lane, if no other process does."""
        mine = False
        try:
            async with claimed(self._claims, ticket) as mine:
                while mine and lane.waiting and not self._closing:
                    await self._settle(lane)
                    lane.current = lane.waiting[0]
                    await self._to_its_end(lane, lane.current)
                    lane.waiting.popleft()
                    lane.began = time.monotonic()
        except StoreError as error:
            log.warning("ticket %s could not be claimed or let go: %s", ticket, error)
        finally:
            del self._lanes[ticket]
        for late in lane.waiting if mine else ():
            self.wake(late)

    async def _settle(self, lane: _Lane) -> None:
        """Wait until nobody is writing any more; what was left behind has waited enough."""
        while not lane.waiting[0].begun and not lane.stopped_by:
            now = time.monotonic()
            until = min(lane.heard + self._pace.settle, lane.began + self._pace.longest_settle)
            if now >= until:
                return
            await asyncio.sleep(until - now)

    async def _to_its_end(self, lane: _Lane, item: Waiting) -> None:
        tries, fault = 0, ""
        while not self._closing or tries == 0:
            try:
                async with self._slots:
                    await self._attempt(lane, item, fault if tries >= self._pace.tries else "")
            except StoreError as error:
                log.warning("message %s waits for the database: %s", item.message, error)
                tries = max(1, min(tries, self._pace.tries - 1))
            except PostError as error:
                fault = str(error)
                await self._note_failure(item, fault)
            # A turn may fail in any way; it costs its ticket some tries and nobody else anything.
            except Exception as error:
                log.exception("the turn of message %s failed", item.message)
                fault = type(error).__name__
            else:
                await self._tell(item)
                return
            tries += 1
            await asyncio.sleep(self._backoff(tries))

    async def _attempt(self, lane: _Lane, item: Waiting, fault: str) -> None:
        """Run the turn once: as it should be, or by the way out if it keeps failing."""
        if lane.stopped_by and await self._end_stopped(lane, item):
            return
        turn = self._desk.resume if item.begun else self._desk.turn
        work = hand_to_human(self._desk, item.message, fault) if fault else turn(item.message)
        lane.turn = asyncio.create_task(work, name="frontdesk-turn")
        try:
            await asyncio.shield(lane.turn)
        except asyncio.CancelledError:
            if not lane.stopped_by or not lane.turn.cancelled():
                lane.turn.cancel()
                await asyncio.gather(lane.turn, return_exceptions=True)
                raise
            if not await self._end_stopped(lane, item):
                await self._desk.turn(item.message)
        finally:
            lane.turn = None

    async def _end_stopped(self, lane: _Lane, item: Waiting) -> bool:
        """End a turn that was stopped, unless its result may be visible already."""
        store = self._desk.store
        if await store.outcome(item.message) or await store.posting(item.message):
            return False
        conversation = await store.conversation(item.message)
        await store.record(facts.TurnStopped(**conversation.where, actor=lane.stopped_by))
        await self._desk.end(conversation, quiet(conversation))
        if len(lane.waiting) == 1:
            lane.stopped_by = ""
        return True

    async def _note_failure(self, item: Waiting, fault: str) -> None:
        log.warning("message %s could not be posted: %s", item.message, fault)
        failed = facts.PostFailed(
            ticket=item.ticket, message=item.message, actor=DESK, key=item.message, fault=fault
        )
        with contextlib.suppress(StoreError):
            await self._desk.store.record(failed)

    async def _tell(self, item: Waiting) -> None:
        if self._watcher is not None:
            await self._watcher.ended(item)

    def _backoff(self, tries: int) -> float:
        pause = min(self._pace.longest_pause, self._pace.first_pause * 2.0 ** (tries - 1))
        return pause * random.uniform(0.75, 1.25)
