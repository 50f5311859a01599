"""What a batch came to: one object a ticket, outcomes by specialist, and a confusion matrix."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from bot.triage.batch import Done
from bot.triage.confusion import confusion_view, to_the_right
from router.considered import Alternative
from router.records import BASIS_POINTS, Band, Decision, Outcome, OutcomeKind

HUMAN = "human"
ASKED = "asked"


def as_json(done: Done) -> dict[str, Any]:
    """One ticket's end as a program reads it; shares are in 0..1.

    `reason` is the escalation reason of an escalated ticket, else the router agent's sentence.
    """
    outcome = done.outcome
    parts = [_part(outcome, number) for number in range(len(outcome.parts))]
    first = parts[0] if parts else {}
    escalated = [part["escalation"] for part in parts if part["escalation"]]
    wholly = outcome.kind is OutcomeKind.ESCALATED and escalated
    return {
        "id": done.row.id,
        "ticket_id": outcome.ticket,
        "outcome": outcome.kind,
        "specialist": first.get("specialist"),
        "confidence": first.get("confidence"),
        "alternatives": first.get("alternatives", []),
        "reply": outcome.text,
        "citations": [citation for part in parts for citation in part["citations"]],
        "reason": escalated[0] if wholly else first.get("route_reason"),
        "audit_entries": list(outcome.entries),
        "parts": parts,
    }


def _part(outcome: Outcome, number: int) -> dict[str, Any]:
    part = outcome.parts[number]
    return {
        "outcome": part.kind,
        "specialist": part.specialist,
        "confidence": part.decision.confidence_bp / BASIS_POINTS,
        "decided_by": part.decision.decided_by,
        "alternatives": [_alternative(other) for other in part.decision.alternatives],
        "reply": part.text,
        "citations": [
            {"title": s.title, "source": s.source, "quote": s.quote} for s in part.sources
        ],
        "route_reason": part.decision.reason,
        "escalation": part.escalation,
    }


def _alternative(other: Alternative) -> dict[str, Any]:
    return {
        "specialist": other.specialist,
        "confidence": other.confidence_bp / BASIS_POINTS,
        "score": other.score_bp / BASIS_POINTS,
        "threshold": other.threshold_bp / BASIS_POINTS,
        "why_not": other.why_not,
    }


def route_label(outcome: Outcome) -> str:
    """Where the router agent sent a ticket: specialists joined by `+`, `asked` or `human`."""
    return "+".join(sorted({_label(part.decision) for part in outcome.parts})) or HUMAN


def _label(decision: Decision) -> str:
    if decision.band is Band.ASK:
        return ASKED
    return decision.specialist if decision.band is Band.GO and decision.specialist else HUMAN


def _normal(expected: str) -> str:
    return "+".join(sorted(part.strip() for part in expected.split("+")))


@dataclass
class Report:
    """Counts over a batch, fed one ticket at a time."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    before: int = 0

    def add(self, done: Done) -> None:
        """Count one ticket."""
        route = route_label(done.outcome)
        self.outcomes[route, done.outcome.kind] += 1
        self.before += done.before
        self.reasons.update(part.escalation for part in done.outcome.parts if part.escalation)
        if done.row.expected:
            self.confusion[_normal(done.row.expected), route] += 1

    @property
    def total(self) -> int:
        """Tickets counted."""
        return sum(self.outcomes.values())

    def tables(self, width: int) -> list[RenderableType]:
        """What to show at the end on so many columns; empty tables are left out."""
        tables: list[RenderableType] = [self._outcomes()] if self.outcomes else []
        if self.reasons:
            tables.append(_counts("Why a human", "Reason", self.reasons))
        if self.confusion:
            tables.append(confusion_view(self.confusion, width))
        return tables

    def _outcomes(self) -> Table:
        kinds = [OutcomeKind.REPLIED, OutcomeKind.ASKED, OutcomeKind.ESCALATED]
        if any(kind is OutcomeKind.HELD for _, kind in self.outcomes):
            kinds.append(OutcomeKind.HELD)
        table = Table("Routed to", *kinds, "all", title="Outcomes")
        for route in sorted({route for route, _ in self.outcomes}):
            counts = [self.outcomes[route, kind] for kind in kinds]
            table.add_row(Text(route), *map(str, counts), str(sum(counts)))
        sums = [sum(self.outcomes[r, k] for r, k in self.outcomes if k == kind) for kind in kinds]
        table.add_section()
        table.add_row("all", *map(str, sums), str(self.total))
        return to_the_right(table)


def _counts(title: str, name: str, counts: Counter[str]) -> Table:
    table = Table(name, "tickets", title=title)
    for key, number in counts.most_common():
        table.add_row(Text(key), str(number))
    return to_the_right(table)
