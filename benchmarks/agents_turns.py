"""Processes that take turns: one works while the others wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Semaphore
from typing import Any

_LOOK = 0.5


@dataclass(frozen=True)
class Turn:
    """One process's turn: it may `go`, and says when it is `done`."""

    go: Semaphore
    done: Semaphore

    def take_part(self) -> None:
        """What is run in this process from now on waits for its turn."""
        _TURN.append(self)

    def give(self, ends: Future[Any]) -> None:
        """Let the process work until it is done, or has failed.

        Raises:
            Exception: what its work ended with, if that was an error.
        """
        self.go.release()
        while not self.done.acquire(timeout=_LOOK):
            if ends.done():
                ends.result()


_TURN: list[Turn] = []
"""The turn that this process takes part with, if any."""


@asynccontextmanager
async def mine() -> AsyncIterator[None]:
    """This process's next turn. Where it takes no part in any it is always its turn."""
    for turn in _TURN:
        await asyncio.to_thread(turn.go.acquire)
    yield
    for turn in _TURN:
        turn.done.release()
