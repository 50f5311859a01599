"""In which ways the server fails, and when: by a seeded share, or by a script."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Fault(StrEnum):
    """One way of failing."""

    RATE_LIMITED = "429"
    OVERLOADED = "529"
    SERVER_ERROR = "500"
    HANG = "hang"
    CUT = "cut"
    """The connection breaks in the middle of the answer."""
    MALFORMED = "malformed"
    """The body is no JSON."""
    REFUSAL = "refusal"
    MAX_TOKENS = "max_tokens"
    """The answer ends in the middle, of a tool call where there is one."""
    NONSENSE = "nonsense"
    """Well formed, and not what was asked for."""


class Faults(Protocol):
    """Decides whether a request fails."""

    def next(self) -> Fault | None:
        """How the next request fails, None if it does not."""


@dataclass
class FaultPlan:
    """A share of all requests fails, each kind as often as the others."""

    rate: float
    seed: int = 0
    kinds: Sequence[Fault] = tuple(Fault)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def next(self) -> Fault | None:
        """Draw the next one."""
        if self._random.random() >= self.rate:
            return None
        return self._random.choice(self.kinds)


@dataclass
class FaultScript:
    """The first requests fail as listed, all later ones work."""

    faults: Sequence[Fault | None]
    _at: int = 0

    def next(self) -> Fault | None:
        """The next on the list."""
        self._at += 1
        return self.faults[self._at - 1] if self._at <= len(self.faults) else None
