"""A circuit breaker: a model that keeps failing is left alone for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Breaker:
    """Counts outages in a row. After `pause` seconds one call may try whether it works again."""

    after: int
    pause: float
    clock: Callable[[], float]
    _outages: int = 0
    _closed_until: float = 0.0

    def admits(self) -> bool:
        """Whether a call may be made now. The first one after a pause is the probe."""
        if self._outages < self.after:
            return True
        now = self.clock()
        if now < self._closed_until:
            return False
        self._closed_until = now + self.pause
        return True

    @property
    def is_open(self) -> bool:
        """Whether its model is left alone now."""
        return self._outages >= self.after and self.clock() < self._closed_until

    def worked(self) -> None:
        """An answer arrived."""
        self._outages = 0

    def failed(self) -> None:
        """An outage."""
        self._outages += 1
        if self._outages == self.after:
            self._closed_until = self.clock() + self.pause
