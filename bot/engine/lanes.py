"""Lanes: the turns of one ticket one after the other, those of several tickets side by side."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from router.records import Outcome
from storage.claims import Taken

MOST_AT_REST = 16
"""How many times its slots a worker keeps in mind while turns rest after failures."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message whose turn has not ended.

    `begun`: something of it was done already. `found`: in the database, so nobody knows what was
    shown of it before. `asker` is the reference of who wrote it, where they expect an answer.
    """

    message: str
    ticket: str
    workspace: str
    conversation: str
    begun: bool = False
    found: bool = False
    asker: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What the database knows: messages that wait and nobody else works on, oldest first.

    `stops` are the tickets whose turns somebody wants stopped, and who that is.
    """

    waiting: Sequence[Waiting] = ()
    stops: Mapping[str, str] = field(default_factory=dict)


class Queue(Protocol):
    """What waits, as the database knows it."""

    async def look(self, most: int) -> Look:
        """The `most` oldest messages whose turn has not ended."""


@dataclass(slots=True)
class Lane:
    """The turns of one ticket. `known` are its messages that this process knows to wait."""

    ticket: str
    began: float
    heard: float
    known: OrderedDict[str, Waiting] = field(default_factory=OrderedDict)
    task: asyncio.Task[None] | None = None
    turn: asyncio.Task[Outcome] | None = None
    current: Waiting | None = None
    stopped_by: str = ""
    has_slot: bool = False


class Line:
    """A number of slots, and the lanes that wait for one, first come, first served."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._free = slots
        self._resting = 0
        self._waiting: OrderedDict[str, asyncio.Future[None]] = OrderedDict()

    @property
    def free(self) -> int:
        """How many slots nobody has."""
        return self._free

    def has_room(self, lanes: int) -> bool:
        """Whether there may be one more than so many lanes; those that rest hardly count."""
        busy = lanes - self._resting
        return busy < 2 * self.slots and lanes < MOST_AT_REST * self.slots

    @contextlib.asynccontextmanager
    async def slot(self, lane: Lane) -> AsyncIterator[None]:
        """Have a slot, once it is this lane's turn."""
        await self._wait(lane.ticket)
        lane.has_slot = True
        try:
            yield
        finally:
            if lane.has_slot:
                lane.has_slot = False
                self._give_back()

    async def rest(self, lane: Lane, seconds: float) -> None:
        """Let others have the slot for some seconds."""
        lane.has_slot = False
        self._give_back()
        self._resting += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._resting -= 1
        await self._wait(lane.ticket)
        lane.has_slot = True

    async def _wait(self, ticket: str) -> None:
        if self._free > 0 and not self._waiting:
            self._free -= 1
            return
        given: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[ticket] = given
        try:
            await given
        except asyncio.CancelledError:
            if given.done() and not given.cancelled():
                self._give_back()
            raise
        finally:
            self._waiting.pop(ticket, None)

    def _give_back(self) -> None:
        while self._waiting:
            _, given = self._waiting.popitem(last=False)
            if not given.done():
                given.set_result(None)
                return
        self._free += 1


def lost(lanes: Iterable[Lane], found: Look) -> list[asyncio.Task[None]]:
    """The tasks of lanes that wait in line for what another process has by now, or has done.

    What this process took in itself may be newer than what was found.
    """
    still = {item.ticket for item in found.waiting}
    return [
        lane.task
        for lane in lanes
        if lane.task is not None
        and not (lane.ticket in still or lane.has_slot or lane.current)
        and all(item.found for item in lane.known.values())
    ]


def in_order(lane: Lane, taken: Taken) -> list[Waiting]:
    """What waits in a lane, oldest first: as the database has it, if there is one that knows."""
    known = dict(lane.known)
    if taken.waiting is None:
        return list(known.values())
    somewhere = replace(next(iter(known.values())), found=True, asker="")
    lane.known.clear()
    for message, begun in taken.waiting:
        item = known.get(message) or replace(somewhere, message=message)
        lane.known[message] = replace(item, begun=begun)
    return list(lane.known.values())
