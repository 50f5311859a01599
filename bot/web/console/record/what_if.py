"""What a decision would have been with another threshold, from nothing but what is on record.

The threshold is the confidence from which a specialist acts alone. A decision that it had no part
in, by a rule or by a person, would have been the same with any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frontdesk import EscalationReason
from router.classify.reading import PUT_SECOND
from router.records import BASIS_POINTS, Band, DecidedBy

STEP = 100
"""Basis points: thresholds are spoken of in hundredths."""

_TWO = 2


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Another decision: with a threshold of `from_bp` to `to_bp`, in basis points.

    `specialists` are who would have got it, or the two that would have been asked about. `model`:
    the embedded model would have been in doubt, so a router agent with a language model, where
    there is one, would have been asked first.
    """

    from_bp: int
    to_bp: int
    band: Band
    specialists: tuple[str, ...] = ()
    model: bool = False

    def __str__(self) -> str:
        """It as a sentence."""
        first = "been put to the router agent's language model, or without one " * self.model
        return f"{self._span} it would have {first}{self._came_to}."

    @property
    def _span(self) -> str:
        low, high = (f"{one / BASIS_POINTS:.2f}" for one in (self.from_bp, self.to_bp))
        if self.to_bp == BASIS_POINTS:
            return f"At {low} and above"
        return f"At {high} and below" if self.from_bp == 0 else f"At {low} to {high}"

    @property
    def _came_to(self) -> str:
        if self.band is Band.GO:
            return f"gone to {self.specialists[0]}"
        if self.band is Band.ASK:
            named = " or ".join(self.specialists)
            return f"been asked back ({named}), as long as the ticket had a question left"
        return "gone to a person"


def what_if(decision: Mapping[str, Any]) -> WhatIf | None:
    """With which thresholds a decision on record would have been another, and which one.

    None where none would have changed it, or where the record cannot tell.
    """
    by, sure = decision["decided_by"], int(decision["confidence_bp"])
    if by == DecidedBy.EMBEDDED:
        order = sorted(
            decision["alternatives"], key=lambda one: (-one["confidence_bp"], one["specialist"])
        )
        names = tuple(one["specialist"] for one in order[:_TWO])
        # The figure was rounded, so a threshold that equals it may have been above it.
        return _of(decision, names, (0, _hundredths(sure - 1)), model=True)
    if by != DecidedBy.AGENT or decision["escalation"] == EscalationReason.OUT_OF_SCOPE:
        return None
    named, *others = decision["alternatives"]
    second = (one["specialist"] for one in others if one["why_not"] == PUT_SECOND)
    names = (named["specialist"], *second)
    return _of(decision, names, (_before_the_model(others), _hundredths(sure)), model=False)


def _of(
    decision: Mapping[str, Any], names: tuple[str, ...], lower: tuple[int, int], *, model: bool
) -> WhatIf | None:
    """What it would have been; the first one would have got it with a threshold in `lower`."""
    if not names:
        return None
    if decision["band"] != Band.GO:
        return WhatIf(*lower, Band.GO, names[:1]) if lower[0] < lower[1] else None
    higher = _hundredths(int(decision["confidence_bp"])) + STEP
    if higher > BASIS_POINTS:
        return None
    if len(names) < _TWO:
        return WhatIf(higher, BASIS_POINTS, Band.HUMAN, model=model)
    return WhatIf(higher, BASIS_POINTS, Band.ASK, names, model=model)


def _before_the_model(others: Sequence[Mapping[str, Any]]) -> int:
    """From which threshold on nobody else would have got it from the embedded model alone."""
    known = max((int(one["confidence_bp"]) for one in others), default=0)
    return _hundredths(known) + STEP if known else 0


def _hundredths(basis_points: int) -> int:
    """Rounded down."""
    return max(0, basis_points) // STEP * STEP
