"""What was considered in a decision besides what came of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alternative:
    """One specialist that was considered. `why_not` is empty for the chosen one."""

    specialist: str
    score_bp: int
    confidence_bp: int
    threshold_bp: int
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A known example near to the message. `example` is the SHA-256 of its text."""

    specialist: str
    example: str
    cosine_bp: int
