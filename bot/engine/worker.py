"""The worker: runs the turns of what was received, in order within a ticket, side by side else.

What waits stands in the database; this is only the hurry. So nothing is lost when the process
dies: what has not ended is found by another process, or at the next start, and goes on where it
was. Nothing that waits is kept in memory beyond what is about to run.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from bot.engine.claiming import Begin, Bell, Claims, NoOthers, Turn, begin_unremembered, keep_alive
from bot.engine.lanes import Lane, Line, Look, Queue, Waiting, in_order, lost
from bot.engine.pace import LEAST_LOOK, Pace
from bot.engine.rescue import RESCUE, end_stopped, end_unheard, hand_to_human
from bot.engine.watching import Numbers, Watcher
from bot.seeing.correlation import correlated
from frontdesk import PostError, StoreError
from router import facts
from router.flow import Desk
from router.outbox import DESK
from storage.claims import Overtaken, Taken
from storage.steps import Erased

__all__ = ["Look", "Pace", "Queue", "Waiting", "Watcher", "Worker"]

log = logging.getLogger("frontdesk.worker")


class Worker:
    """Runs turns on a desk. One that is `asleep` leaves them to other processes."""

    def __init__(
        self,
        desk: Desk,
        queue: Queue,
        watcher: Watcher | None = None,
        pace: Pace | None = None,
        claims: Claims | None = None,
        *,
        begin: Begin = begin_unremembered,
        bell: Bell | None = None,
        beside: Sequence[Callable[[], Awaitable[None]]] = (),
        asleep: bool = False,
    ) -> None:
        """`beside` is what else runs for as long as the worker does."""
        self._desk = desk
        self._queue = queue
        self._claims = claims or NoOthers()
        self._begin = begin
        self._bell, self._beside = bell, beside
        self._watcher = watcher
        self._pace = pace or Pace()
        self._line = Line(self._pace.in_flight)
        self._lanes: dict[str, Lane] = {}
        self._numbers = Numbers(watcher) if watcher else None
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = asleep
        self._look = asyncio.Event()
        self._looked = 0.0

    @property
    def busy(self) -> int:
        """How many tickets have turns to run."""
        return len(self._lanes)

    def wake(self, item: Waiting) -> None:
        """Run the turn of a message that waits; where there is no room others may have some."""
        lane = self._lanes.get(item.ticket)
        if lane and item.message in lane.known:
            return
        now = time.monotonic()
        if self._closing or lane is None:
            if self._closing or not self._line.has_room(len(self._lanes)):
                self._pass_on(item)
                return
            lane = self._lanes[item.ticket] = Lane(item.ticket, began=now, heard=now)
        lane.known[item.message] = item
        lane.heard = now
        if lane.task is None:
            lane.task = asyncio.create_task(self._run(lane), name="frontdesk-lane")

    async def run(self) -> None:
        """Take up what waits, and look for more until cancelled."""
        beside = [keep_alive(self._claims), *(call() for call in self._beside)]
        if self._bell is not None:
            beside.append(self._bell.listen(self._heard))
        self._tasks = [asyncio.ensure_future(one) for one in beside]
        while True:
            await asyncio.sleep(self._looked + LEAST_LOOK - time.monotonic())
            self._looked = time.monotonic()
            self._look.clear()
            try:
                await self._take_up(await self._queue.look(self._line.slots * 4 + self.busy))
            except StoreError as error:
                log.warning("the queue could not be read: %s", error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace.look):
                    await self._look.wait()

    def look(self) -> None:
        """Look at once for what waits, instead of some time later."""
        self._look.set()

    async def stop(self, ticket: str, actor: str) -> bool:
        """Stop the ticket's turns on somebody's wish; false if there is nothing to be stopped.

        What is on its way to being posted is not stopped any more: it may be visible already.
        """
        lane = self._lanes.get(ticket)
        if lane is None or lane.current is None:
            wished = await self._claims.wish_stop(ticket, actor)
            return self._stops(lane, actor) or wished
        if lane.stopped_by or await self._desk.store.posting(lane.current.message):
            return False
        return self._stops(lane, actor)

    async def close(self) -> None:
        """Begin nothing more, give running turns time to end, then leave them to others."""
        self._closing = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._pace.grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for ours in self._tasks:
            ours.cancel()
        if self._tasks:
            with contextlib.suppress(StoreError):
                await self._claims.end()
        if self._bell is not None:
            await self._bell.close()

    def _pass_on(self, item: Waiting) -> None:
        """Tell other processes of what this one took in and has no room for."""
        if self._bell is not None and not item.found:
            self._bell.ring()

    def _heard(self) -> None:
        """Another process has something that it does not run itself."""
        if self._line.has_room(len(self._lanes)):
            self._look.set()

    def _stops(self, lane: Lane | None, actor: str) -> bool:
        if lane is None or lane.stopped_by:
            return False
        lane.stopped_by = actor
        if lane.turn is not None:
            lane.turn.cancel()
        return True

    async def _take_up(self, found: Look) -> None:
        for task in lost(self._lanes.values(), found):
            task.cancel()
        for item in found.waiting:
            self.wake(item)
        for ticket, actor in found.stops.items():
            lane = self._lanes.get(ticket)
            if lane and lane.current and not lane.stopped_by:
                await self.stop(ticket, actor)
        if self._numbers is not None:
            running = {ticket for ticket, lane in self._lanes.items() if lane.current}
            line = [] if self._line.free else found.waiting
            await self._numbers.tell(line, running)

    async def _run(self, lane: Lane) -> None:
        """Run all turns of a lane, if no other process does."""
        mine = True
        try:
            while mine and lane.known and not self._closing:
                await self._settle(lane)
                async with self._line.slot(lane):
                    mine = not self._closing and await self._work(lane)
        except Overtaken as error:
            log.warning("%s", error)
            await self._leave(lane)
        except StoreError as error:
            log.warning("ticket %s could not be claimed or let go: %s", lane.ticket, error)
        finally:
            del self._lanes[lane.ticket]

    async def _settle(self, lane: Lane) -> None:
        """Wait until nobody is writing any more; what was left behind has waited enough."""
        while not lane.stopped_by and not any(item.begun for item in lane.known.values()):
            now = time.monotonic()
            until = min(lane.heard + self._pace.settle, lane.began + self._pace.longest_settle)
            if now >= until:
                return
            await asyncio.sleep(until - now)

    async def _work(self, lane: Lane) -> bool:
        """Run what waits in a ticket, oldest first; false if it is another process's."""
        taken = await self._claims.take(lane.ticket)
        if taken is None:
            await self._leave(lane)
            return False
        try:
            for item in in_order(lane, taken):
                if self._closing:
                    break
                lane.current = item
                with correlated(item.message, item.ticket):
                    await self._to_its_end(lane, item, taken)
                lane.known.pop(item.message, None)
        finally:
            lane.current = None
            lane.began = time.monotonic()
            await asyncio.shield(self._claims.release(taken.hold))
        return True

    async def _leave(self, lane: Lane) -> None:
        """Another process has the ticket now, and shows how far it is."""
        if self._watcher is not None:
            for item in lane.known.values():
                await self._watcher.left(item)

    async def _to_its_end(self, lane: Lane, item: Waiting, taken: Taken) -> None:
        tries, fault = 0, ""
        turn: Turn | None = None
        if self._watcher is not None:
            await self._watcher.began(item)
        while not self._closing or tries == 0:
            try:
                turn = turn or await self._begin(taken, item.message, item.begun or tries > 0)
                final = fault if tries >= self._pace.tries else ""
                await self._attempt(lane, item, turn, fault=final, first=tries == 0)
            except Overtaken:
                raise
            except Erased:
                await end_unheard(self._desk.store, item.ticket, item.message)
                break
            except StoreError as error:
                log.warning("message %s waits for the database: %s", item.message, error)
                tries, turn = max(1, min(tries, self._pace.tries - 1)), None
            except PostError as error:
                fault = str(error)
                await self._note_failure(item, turn, fault)
            # A turn may fail in any way; it costs its ticket some tries and nobody else anything.
            except Exception as error:
                log.exception("the turn of message %s failed", item.message)
                fault = type(error).__name__
            else:
                break
            tries += 1
            await self._line.rest(lane, self._pace.backoff(tries))
        else:
            return
        if self._watcher is not None:
            await self._watcher.ended(item)

    async def _attempt(
        self, lane: Lane, item: Waiting, turn: Turn, *, fault: str, first: bool
    ) -> None:
        """Run the turn once: as it should be, or by the way out if it keeps failing."""
        with turn.running():
            if lane.stopped_by and await self._end_stopped(lane, item):
                return
            run = self._desk.resume if item.begun and first else self._desk.turn
            if fault or turn.did(RESCUE):
                work = hand_to_human(self._desk, item.message, fault, turn)
            else:
                work = run(item.message, turn)
            lane.turn = asyncio.create_task(work, name="frontdesk-turn")
            try:
                await asyncio.shield(lane.turn)
            except asyncio.CancelledError:
                if not lane.stopped_by or not lane.turn.cancelled():
                    lane.turn.cancel()
                    await asyncio.gather(lane.turn, return_exceptions=True)
                    raise
                if not await self._end_stopped(lane, item):
                    await self._desk.turn(item.message, turn)
            finally:
                lane.turn = None

    async def _end_stopped(self, lane: Lane, item: Waiting) -> bool:
        """End a turn that was stopped, unless its result may be visible already."""
        if not await end_stopped(self._desk, item.message, lane.stopped_by):
            return False
        if len(lane.known) <= 1:
            lane.stopped_by = ""
        return True

    async def _note_failure(self, item: Waiting, turn: Turn | None, fault: str) -> None:
        log.warning("message %s could not be posted: %s", item.message, fault)
        failed = facts.PostFailed(
            ticket=item.ticket, message=item.message, actor=DESK, key=item.message, fault=fault
        )
        with turn.running() if turn else contextlib.nullcontext():
            try:
                await self._desk.store.record(failed)
            except Overtaken:
                raise
            except StoreError as error:
                log.warning("that could not be recorded either: %s", error)
