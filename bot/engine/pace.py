"""How hard a worker works, and how patiently."""

from __future__ import annotations

import random
from dataclasses import dataclass

LEAST_LOOK = 0.02
"""Seconds between two looks for what waits, however often somebody rings."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How hard the worker works; times in seconds.

    A turn begins once nobody has written in its thread for `settle`, at the latest after
    `longest_settle`, so that a burst of messages is answered as one.
    """

    settle: float = 1.0
    longest_settle: float = 6.0
    in_flight: int = 16
    tries: int = 5
    first_pause: float = 0.5
    longest_pause: float = 30.0
    look: float = 0.25
    grace: float = 20.0

    def backoff(self, tries: int) -> float:
        """Seconds to wait after so many tries that failed."""
        pause = min(self.longest_pause, self.first_pause * 2.0 ** (tries - 1))
        return pause * random.uniform(0.75, 1.25)
