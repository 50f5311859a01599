"""The clock: interval jobs that do what is due. The tables say what that is, so none is remembered.

Any number of processes may run the same clock. A job with `once` is held by one of them at a time
(`storage.slots`), so each slot happens once; when the holder dies, another goes on where it was. A
job that comes late, as after a machine slept, is run once and not for every slot that it missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock.jobs import Job
from bot.engine import processes
from frontdesk import StoreError
from storage.slots import NEVER, Slots
from storage.store import SqlStore

log = logging.getLogger("frontdesk.clock")

LONGEST_TICK = 30.0
"""Seconds between two looks whether a job is due, at most: none waits longer after an outage."""
CLOSE_SECONDS = 5.0
"""For how long jobs that run may still run when the clock stops."""
PUT_BACK_SECONDS = 1.0
WATCH_SECONDS = 5.0


@asynccontextmanager
async def ticking(
    store: SqlStore, jobs: Iterable[Job], *, holder: str = "", before: bool = False
) -> AsyncIterator[Clockwork]:
    """Run the jobs for as long as the context lasts.

    Args:
        store: where processes agree on who does what.
        jobs: what there is to do.
        holder: who does it; this process if not given.
        before: whether to do what is due now before the context begins.
    """
    slots = Slots(store, holder or processes.name(), processes.is_gone)
    hands = [Hand(job, slots) for job in jobs]
    for hand in hands if before else ():
        await hand.tick()
    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler = AsyncIOScheduler(job_defaults=defaults, timezone=UTC)
    for hand in hands:
        seconds = min(hand.job.seconds, LONGEST_TICK)
        scheduler.add_job(hand.tick, "interval", seconds=seconds, id=hand.job.name)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler.start()
    watching = asyncio.create_task(_watch(scheduler), name="frontdesk-clock-watch")
    try:
        yield Clockwork({hand.job.name: hand for hand in hands})
    finally:
        watching.cancel()
        scheduler.remove_all_jobs()
        await asyncio.sleep(0)  # what the scheduler has just submitted begins, so it can be ended
        await asyncio.gather(*(hand.close() for hand in hands))
        scheduler.shutdown(wait=False)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """A clock that ticks, and its hands by the names of their jobs."""

    hands: Mapping[str, Hand]

    async def nudge(self, job: str) -> None:
        """Do a job now, whatever its slot, if this process is the one that does it."""
        if hand := self.hands.get(job):
            await hand.nudge()


class Hand:
    """One job, as this process does it."""

    def __init__(self, job: Job, slots: Slots) -> None:
        self.job = job
        self._slots = slots
        self._period_us = max(1, round(job.seconds * 1_000_000))
        self._done = NEVER
        self._held: _Hold | None = None
        self._running: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def tick(self) -> None:
        """Do the job if it is due and this process is the one to do it. Never raises."""
        self._running = asyncio.current_task()
        try:
            await self._reported(self._in_turn if self.job.once else self._limited)
        except asyncio.CancelledError:
            log.warning("the job %s was still running when the clock stopped", self.job.name)
        finally:
            self._running = None

    async def nudge(self) -> None:
        """Do the job now if this process does it. Never raises."""
        await self._reported(self._now)

    async def close(self) -> None:
        """Let what runs come to its end, then let others have the job."""
        if self._running is not None:
            _, late = await asyncio.wait({self._running}, timeout=CLOSE_SECONDS)
            for task in late:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._held is not None:
            with contextlib.suppress(StoreError):  # then the hold runs out by itself
                await self._slots.let_go(self.job.name, self._done)

    async def _reported(self, do: Callable[[], Awaitable[None]]) -> None:
        try:
            async with self._one_at_a_time:
                await do()
        except StoreError as error:
            log.warning("the job %s waits for the database: %s", self.job.name, error)
        # The next tick tries again; the log tells what went wrong.
        except Exception:
            log.exception("the job %s failed", self.job.name)

    async def _now(self) -> None:
        if await self._time_us() is not None:
            await self._limited()

    async def _time_us(self) -> int | None:
        """The time if this process does the job, in microseconds, else None."""
        now_us = self._held.now_us() if self._held else None
        return await self._hold() if now_us is None else now_us

    async def _in_turn(self) -> None:
        now_us = await self._time_us()
        if now_us is None or (slot := now_us // self._period_us) <= self._done:
            return
        holding = asyncio.create_task(self._go_on_holding(), name="frontdesk-clock-hold")
        try:
            await self._limited()
        finally:
            holding.cancel()
        self._done = slot
        if self.job.seconds > self._slots.seconds / 3:
            await self._hold()

    async def _limited(self) -> None:
        async with asyncio.timeout(self.job.limit):
            await self.job.run()

    async def _hold(self) -> int | None:
        """Hold the job: the time now if this process does, in microseconds, else None."""
        held = await self._slots.hold(self.job.name, self._period_us, self._done)
        if held is None:
            self._held, self._done = None, NEVER
            return None
        self._held = _Hold(held.now_us, self._slots.seconds / 3)
        self._done = held.done
        return held.now_us

    async def _go_on_holding(self) -> None:
        """Say again and again that this process is still at it."""
        while True:
            await asyncio.sleep(self._slots.seconds / 3)
            with contextlib.suppress(StoreError):
                await self._slots.hold(self.job.name, self._period_us, self._done)


class _Hold:
    """The database's time when a job was taken, and how it goes on without asking again."""

    def __init__(self, now_us: int, good_for: float) -> None:
        self._then_us = now_us
        self._wall, self._monotonic = time.time(), time.monotonic()
        self._good_for = good_for

    def now_us(self) -> int | None:
        """The database's time, or None if the hold is too old to rely on.

        The wall clock alone may be put back; the other one stands still while a machine sleeps.
        """
        passed = max(time.time() - self._wall, time.monotonic() - self._monotonic)
        return self._then_us + round(passed * 1_000_000) if passed < self._good_for else None


async def _watch(scheduler: AsyncIOScheduler) -> None:
    """See when the machine's clock is put back: the scheduler would wait until it caught up."""
    while True:
        wall, monotonic = time.time(), time.monotonic()
        await asyncio.sleep(WATCH_SECONDS)
        lost = (time.monotonic() - monotonic) - (time.time() - wall)
        if lost > PUT_BACK_SECONDS:
            log.warning("the clock of this machine was put back by %.0f seconds", lost)
            for job in scheduler.get_jobs():
                job.modify(next_run_time=datetime.now(UTC))
