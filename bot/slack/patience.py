"""Trying again, less and less often, what keeps failing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

FIRST = 1.0
LONGEST = 300.0
MOST = 10_000


@dataclass(slots=True)
class Patience:
    """When each thing may be tried again; seconds of `clock`."""

    clock: Callable[[], float] = time.monotonic
    _until: dict[str, tuple[float, float]] = field(default_factory=dict)

    def ready(self, key: str) -> bool:
        """Whether it may be tried now."""
        return self._until.get(key, (0.0, 0.0))[0] <= self.clock()

    def failed(self, key: str) -> None:
        """It failed: wait twice as long as the last time."""
        pause = min(LONGEST, 2 * self._until.get(key, (0.0, FIRST / 2))[1])
        if len(self._until) >= MOST:
            self._until.clear()
        self._until[key] = (self.clock() + pause, pause)

    def done(self, key: str) -> None:
        """It worked."""
        self._until.pop(key, None)
