"""The clock of deadlines: `storage.deadlines` with the rules that are set."""

from __future__ import annotations

import hashlib
import time
from functools import lru_cache

from bot.settings.sla import SlaSettings
from storage.deadlines import Deadlines, Looked
from storage.store import SqlStore

SECONDS = 5.0
"""How often to look: as soon as a deadline can be seen after something has changed."""

BUDGET_SECONDS = 0.3
"""How long one tick may go on with more work; the rest is for the next one."""


class DeadlineKeeper:
    """Keeps the deadlines of one store by the settings."""

    def __init__(self, store: SqlStore, settings: SlaSettings) -> None:
        self._on = settings.on
        self._digest = hashlib.sha256(settings.model_dump_json().encode()).hexdigest()
        # Making a calendar takes a while, and a desk has few workspaces.
        self._deadlines = Deadlines(store, lru_cache(maxsize=1_024)(settings.of))

    async def tick(self) -> Looked:
        """Do what is due; what is too much for one tick is left for the next.

        Raises:
            StoreError: it could not be recorded, so nobody was told; the next tick tries again.
        """
        if not self._on:
            return Looked(0, 0, 0, more=False)
        await self._deadlines.go_by(self._digest)
        ends = time.monotonic() + BUDGET_SECONDS
        total = looked = await self._deadlines.look()
        while looked.more and time.monotonic() < ends:
            looked = await self._deadlines.look()
            total = _sum(total, looked)
        return total


def _sum(one: Looked, other: Looked) -> Looked:
    return Looked(
        one.reckoned + other.reckoned,
        one.reminded + other.reminded,
        one.breached + other.breached,
        other.more,
    )
