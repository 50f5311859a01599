"""Letting people see how far a turn is: its number in line, that it runs, that it is over."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from typing import Protocol

from bot.engine.lanes import Waiting

TELL_SECONDS = 5.0
"""How soon somebody who waits in line is told that their number has changed."""

TELL_AGAIN_SECONDS = 10.0
"""How often they are told though it has not: another process may have shown something else."""


class Watcher(Protocol):
    """Wants to know what becomes of a turn. None of it may raise, or take long."""

    async def began(self, item: Waiting) -> None:
        """Its turn runs from now on."""

    async def in_line(self, item: Waiting, number: int) -> None:
        """It waits; `number` is its place in line, from 1."""

    async def left(self, item: Waiting) -> None:
        """Another process runs it, and shows it."""

    async def ended(self, item: Waiting) -> None:
        """The turn of a message is over, whatever came of it."""


class Numbers:
    """Tells those who wait in line which number they are, when it changes, but not too often."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._told: dict[str, tuple[Waiting, int, float]] = {}

    async def tell(self, waiting: Sequence[Waiting], running: Collection[str]) -> None:
        """Tell everybody in line; `waiting` is oldest first, the tickets `running` are left out."""
        line: dict[str, Waiting] = {}
        for item in waiting:
            if item.ticket not in running:
                line.setdefault(item.ticket, item)
        now, told = time.monotonic(), {}
        for number, (ticket, item) in enumerate(line.items(), 1):
            _, before, at = self._told.get(ticket, (item, 0, now - TELL_SECONDS))
            if now - at >= (TELL_SECONDS if before != number else TELL_AGAIN_SECONDS):
                before, at = number, now
                await self._watcher.in_line(item, number)
            told[ticket] = item, before, at
        for ticket in self._told.keys() - told.keys() - set(running):
            await self._watcher.left(self._told[ticket][0])
        self._told = told
