"""Whether a thread stays with its specialist: it does, until the topic changes.

Most follow-ups say little alone ("and how long does that take?"). A thread leaves only for
another specialist that is clearly meant, or where a whole question of its own is clearly nobody's.
"""

from __future__ import annotations

import re

from router.classify.settings import RoutingSettings
from router.classify.settled import confidence_in, settled
from router.records import BASIS_POINTS, DecidedBy, Decision

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
    return settled(
        decision,
        specialist,
        by=DecidedBy.STICKY,
        reason=f"The thread is {title}'s and the topic has not clearly changed.",
        why_not=f"The thread stays with {title}.",
    )
