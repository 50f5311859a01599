"""Incidents: many tickets about the same, and what staff decides about them.

The chain of an incident is that of its first ticket, the one in the middle of the crowd; what
concerns another ticket (that it joined, that it was answered) stands in that ticket's own chain.
Similarities and thresholds are in basis points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from router.facts import Fact


@dataclass(frozen=True, kw_only=True)
class IncidentProposed(Fact):
    """Many people asked the same in a short time: staff is asked whether it is one matter."""

    kind: ClassVar[str] = "incident:proposed"
    incident: str
    tickets: tuple[str, ...]
    people: int
    threshold_bp: int
    window_us: int
    encoder: str


@dataclass(frozen=True, kw_only=True)
class IncidentOpened(Fact):
    """Staff says that it is one: its tickets are linked, and the clock of the first one counts."""

    kind: ClassVar[str] = "incident:opened"
    incident: str


@dataclass(frozen=True, kw_only=True)
class IncidentDeclined(Fact):
    """Staff says that it is none."""

    kind: ClassVar[str] = "incident:declined"
    incident: str


@dataclass(frozen=True, kw_only=True)
class IncidentJoined(Fact):
    """A ticket belongs to an incident."""

    kind: ClassVar[str] = "incident:joined"
    incident: str
    similarity_bp: int


@dataclass(frozen=True, kw_only=True)
class IncidentAnswered(Fact):
    """Staff answers all tickets at once. Texts: `answer`, which went through the checks."""

    kind: ClassVar[str] = "incident:answered"
    incident: str
    tickets: int


@dataclass(frozen=True, kw_only=True)
class IncidentClosed(Fact):
    """It is over: its tickets are resolved with it."""

    kind: ClassVar[str] = "incident:closed"
    incident: str
    tickets: int
