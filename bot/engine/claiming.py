"""Keeping a ticket to oneself while one works on it, among several processes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Protocol, TypeVar

from frontdesk import StoreError
from router.ports import DirectSteps
from storage.claims import Hold, Taken

log = logging.getLogger("frontdesk.claims")

T = TypeVar("T")


class Claims(Protocol):
    """Keeps other processes from a ticket while this one works on it."""

    @property
    def seconds(self) -> float:
        """For how long a process that says nothing is taken to be alive."""

    async def beat(self) -> None:
        """Say that this process is alive."""

    async def end(self) -> None:
        """Say that it works no more."""

    async def take(self, ticket: str) -> Taken | None:
        """Work on a ticket, and get to know what waits in it; None if another process does."""

    async def release(self, hold: Hold) -> None:
        """Let others have it."""

    async def wish_stop(self, ticket: str, actor: str) -> bool:
        """Have the ticket's turn stopped wherever it runs; False if none waits or runs."""


class Turn(Protocol):
    """The steps of one turn, and the context in which it runs."""

    def running(self) -> contextlib.AbstractContextManager[None]:
        """What is called in this context belongs to the turn."""

    def did(self, name: str) -> bool:
        """Whether a step is done already."""

    async def run(self, name: str, result: type[T], call: Callable[[], Awaitable[T]]) -> T:
        """Run a step; see `router.ports.Steps`."""


class Bell(Protocol):
    """Tells other processes at once that something waits; see `storage.bell`."""

    def ring(self) -> None:
        """Tell them."""

    async def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` whenever another process rings, until cancelled."""

    async def close(self) -> None:
        """Let go of it."""


Begin = Callable[[Taken, str, bool], Awaitable[Turn]]
"""Begins the turn about a message, or takes it up where it had begun before."""


class NoOthers:
    """The claims of a process that is alone, which knows by itself what waits."""

    seconds = 3600.0

    async def beat(self) -> None:
        """Nobody listens."""

    async def end(self) -> None:
        """Nobody listens."""

    async def take(self, ticket: str) -> Taken | None:
        """Nobody else wants it."""
        return Taken(Hold(ticket, "", 0), "", None)

    async def release(self, hold: Hold) -> None:
        """Nobody else wants it."""

    async def wish_stop(self, ticket: str, actor: str) -> bool:
        """Nobody else has it."""
        return False


class Unremembered(DirectSteps):
    """A turn of which nothing is remembered."""

    def did(self, name: str) -> bool:
        """Nothing is known to be done."""
        return False

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """There is nothing to belong to."""
        yield


async def begin_unremembered(taken: Taken, message: str, begun: bool) -> Turn:
    """Begin a turn that is run again from its start whenever it is broken off."""
    return Unremembered()


@contextlib.asynccontextmanager
async def at_work(claims: Claims) -> AsyncIterator[None]:
    """Have this process taken to be alive for as long as the context lasts.

    Raises:
        StoreError: nobody could be told.
    """
    await claims.beat()
    heart = asyncio.create_task(keep_alive(claims), name="frontdesk-heart")
    try:
        yield
    finally:
        heart.cancel()
        await asyncio.gather(heart, return_exceptions=True)
        await claims.end()


async def keep_alive(claims: Claims) -> None:
    """Say again and again that this process is alive, until cancelled."""
    while True:
        try:
            await claims.beat()
        except StoreError as error:
            log.warning("nobody could be told that this process is alive: %s", error)
        await asyncio.sleep(claims.seconds / 3)
