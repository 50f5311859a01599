"""A circuit breaker for each specialist: one that fails again and again is left alone for a while.

    serving --faults in a row--> resting --time is up--> one trial --well--> serving
                                    ^                        | fault
                                    +------------------------+--too often--> quarantined

A quarantined specialist is not asked again by this process; its tickets go to a human at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Turned(StrEnum):
    """What a breaker did because of an answer."""

    NOT = ""
    RESTED = "rested"
    RESTORED = "restored"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """`faults` in a row make a specialist rest for `seconds`; after `rests` in a row it is out."""

    faults: int = 5
    seconds: float = 60.0
    rests: int = 3


@dataclass(frozen=True, slots=True)
class Pass:
    """Leave to ask a specialist. `refusal` says why there is none, as a sentence for staff."""

    refusal: str = ""
    is_trial: bool = False


class Breaker:
    """What is known of one specialist's faults in this process."""

    def __init__(
        self, limits: BreakerLimits | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = limits or BreakerLimits()
        self._clock = clock
        self._faults = 0
        self._rests = 0
        self._until = 0.0
        self._is_trying = False

    @property
    def is_quarantined(self) -> bool:
        """Whether it is out for good."""
        return self._rests >= self._limits.rests

    @property
    def is_open(self) -> bool:
        """Whether its specialist is not asked now."""
        return self.is_quarantined or (self._rests > 0 and self._clock() < self._until)

    def admit(self) -> Pass:
        """Leave to ask the specialist now; every one must be given back with `ended`."""
        if self.is_quarantined:
            return Pass("not asked: it is in quarantine after repeated faults")
        if not self._rests:
            return Pass()
        left = self._until - self._clock()
        if left > 0:
            return Pass(f"not asked: it rests for {left:.0f} more seconds after repeated faults")
        if self._is_trying:
            return Pass("not asked: it is being tried again after repeated faults")
        self._is_trying = True
        return Pass(is_trial=True)

    def ended(self, given: Pass, well: bool | None) -> Turned:
        """How an answer ended: well, with a fault, or, if None, with neither."""
        if given.is_trial:
            self._is_trying = False
        elif self._rests:
            return Turned.NOT  # it began before the rest, and what it says is known already
        if well is None:
            return Turned.NOT
        return self._well(given) if well else self._fault(given)

    def _well(self, given: Pass) -> Turned:
        self._faults = self._rests = 0
        return Turned.RESTORED if given.is_trial else Turned.NOT

    def _fault(self, given: Pass) -> Turned:
        self._faults += 1
        if not given.is_trial and self._faults < self._limits.faults:
            return Turned.NOT
        self._rests += 1
        self._until = self._clock() + self._limits.seconds
        return Turned.QUARANTINED if self.is_quarantined else Turned.RESTED
