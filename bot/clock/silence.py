"""The clock of silent tickets: `storage.silence` with the days that are set."""

from __future__ import annotations

from functools import lru_cache

from bot.settings import Settings
from storage.silence import Patience, Silences
from storage.store import SqlStore

SECONDS = 60.0
"""How often to look; what is looked for takes days."""


class Silence:
    """Sees to silent tickets by the settings."""

    def __init__(self, store: SqlStore, settings: Settings) -> None:
        patience = Patience(
            nudge=settings.nudge_days,
            give_up=settings.give_up_days,
            settle=settings.settle_days,
            close=settings.close_days,
            close_notice=settings.close_notice,
        )
        self._silences = Silences(store, patience, lru_cache(maxsize=1_024)(settings.sla.of))

    async def tick(self) -> int:
        """Do what is due; give how many tickets it was about.

        Raises:
            StoreError: it could not be recorded; the next tick tries again.
        """
        return await self._silences.look()
