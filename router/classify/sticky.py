"""Whether a thread stays with its specialist: it does, until the topic changes.

Most follow-ups say little alone ("and how long does that take?"). A thread leaves only for
another specialist that is clearly meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from router.classify.settings import RoutingSettings
from router.considered import Alternative
from router.records import BASIS_POINTS, Band, DecidedBy, Decision

FEWEST_WORDS = 4
"""A shorter follow-up never changes the topic."""
CLEAR_LEAD = BASIS_POINTS // 2


def stays(specialist: str, words: int, decision: Decision, settings: RoutingSettings) -> bool:
    """Whether a follow-up of so many words stays; `decision` is what it would get alone."""
    if words < FEWEST_WORDS or not decision.alternatives:
        return True
    likeliest = decision.alternatives[0]
    return (
        likeliest.specialist == specialist
        or likeliest.confidence_bp < settings.leave * BASIS_POINTS
        or likeliest.confidence_bp - confidence_in(specialist, decision) < CLEAR_LEAD
    )


def stuck(specialist: str, title: str, decision: Decision) -> Decision:
    """The decision to stay; what was considered stays on the record."""
    return replace(
        decision,
        band=Band.GO,
        specialist=specialist,
        decided_by=DecidedBy.STICKY,
        reason=f"The thread is {title}'s and the topic has not clearly changed.",
        escalation=None,
        candidates=(),
        rules=("sticky",),
        confidence_bp=confidence_in(specialist, decision),
        alternatives=tuple(_kept(found, specialist, title) for found in decision.alternatives),
    )


def confidence_in(specialist: str, decision: Decision) -> int:
    """How sure a decision was of one specialist, in basis points."""
    by_name: Mapping[str, int] = {a.specialist: a.confidence_bp for a in decision.alternatives}
    return by_name.get(specialist, 0)


def _kept(found: Alternative, specialist: str, title: str) -> Alternative:
    why_not = "" if found.specialist == specialist else f"The thread stays with {title}."
    return replace(found, why_not=why_not)
