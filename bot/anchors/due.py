"""The jobs of the log, for the list of all jobs."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.anchors.job import Anchoring, Heart
from bot.anchors.made import places
from storage.facts import AUDIT
from storage.ledger import heartbeat
from storage.ledger.facts import LogFailing
from storage.store import Sequenced, SqlStore

if TYPE_CHECKING:
    from bot.app import App

Due = tuple[str, float, Callable[[], Awaitable[object]]]

HEART_SECONDS = heartbeat.SECONDS / 2
"""Half of what may pass between two checkpoints."""


@dataclass(slots=True)
class Sequencing:
    """Sequences, and puts on record once it works again that it did not."""

    store: SqlStore
    _since_us: int = 0
    _fault: str = ""

    async def tick(self) -> Sequenced:
        """Sequence what waits."""
        try:
            done = await self.store.sequence()
        except Exception as error:
            self._since_us = self._since_us or time.time_ns() // 1000
            self._fault = type(error).__name__
            raise
        if self._since_us:
            told = LogFailing(
                ticket=AUDIT, actor="system:sequencer", since_us=self._since_us, fault=self._fault
            )
            await self.store.record(told)
            self._since_us = 0
        return done


def log_jobs(app: App) -> tuple[Due, ...]:
    """Heartbeats, and keeping checkpoints elsewhere.

    Raises:
        SettingsError: a place is not told completely.
    """
    anchoring = Anchoring(app.store, tuple(places(app.settings)))
    return (
        ("heartbeat", HEART_SECONDS, Heart(app.store).tick),
        ("anchors", app.settings.anchor_seconds, anchoring.tick),
    )
