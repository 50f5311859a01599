"""Processes that take turns: one works while the others wait."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing.context import SpawnContext
from multiprocessing.synchronize import Event, Semaphore
from typing import Any

_LOOK = 0.5


class Over(Exception):  # noqa: N818 - it names what happened
    """Another process failed, so nobody works any more."""


@dataclass(frozen=True)
class Turn:
    """One process's turn: it may `go`, and says when it is `done`; `over` ends all turns."""

    go: Semaphore
    done: Semaphore
    over: Event

    @classmethod
    def of(cls, context: SpawnContext) -> Turn:
        """A turn that has not begun."""
        return cls(context.Semaphore(0), context.Semaphore(0), context.Event())

    def take_part(self) -> None:
        """What is run in this process from now on waits for its turn."""
        _TURN.append(self)

    def give(self, ends: Future[Any]) -> None:
        """Let the process work until it waits for its next turn.

        Raises:
            Exception: what its work ended with.
        """
        self.go.release()
        self.until_it_waits(ends)

    def until_it_waits(self, ends: Future[Any]) -> None:
        """Wait until the process waits for its turn.

        Raises:
            Exception: what its work ended with.
        """
        while not self.done.acquire(timeout=_LOOK):
            if ends.done():
                ends.result()
                raise RuntimeError("it ended before its last round")

    def stop(self) -> None:
        """Let nobody wait any more."""
        self.over.set()
        self.go.release()


_TURN: list[Turn] = []
"""The turn that this process takes part with, if any."""


async def my_turn() -> None:
    """Say that what was to be done is done, and wait for the next turn of this process, if any.

    Raises:
        Over: there is none, as another process failed.
    """
    for turn in _TURN:
        turn.done.release()
        await asyncio.to_thread(turn.go.acquire)
        if turn.over.is_set():
            raise Over
