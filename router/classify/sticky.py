"""Whether a thread stays with its specialist: it does, until the topic changes.

Most follow-ups say little alone ("and how long does that take?"). A thread leaves only for
another specialist that is clearly meant, or where a whole question of its own is clearly nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from router.classify.settings import RoutingSettings
from router.considered import Alternative
from router.records import BASIS_POINTS, Band, DecidedBy, Decision

FEWEST_WORDS = 4
"""A shorter follow-up never changes the topic."""
CLEAR_LEAD = BASIS_POINTS // 2
NOBODYS = BASIS_POINTS // 10
"""Below this even the likeliest specialist is out of the question."""
LEANS = re.compile(
    r"^\W*(and|but|or|so|then|what about|how about|ok|yes|no)\b"
    r"|\b(it|its|that|this|these|those|they|them|there|one|ones|still|also|too|again|same|"
    r"instead|else|above|before)\b",
    re.IGNORECASE,
)
"""Words by which a message leans on what was said before."""


def stays(specialist: str, text: str, decision: Decision, settings: RoutingSettings) -> bool:
    """Whether the follow-up `text`, cleaned, stays; `decision` is what it would get alone."""
    if len(text.split()) < FEWEST_WORDS or not decision.alternatives:
        return True
    likeliest = decision.alternatives[0]
    if likeliest.confidence_bp < NOBODYS and not LEANS.search(text):
        return False
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
