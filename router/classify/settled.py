"""A matter that is settled by more than its own words, with all that was considered."""

from __future__ import annotations

from dataclasses import replace

from router.considered import Alternative
from router.records import Band, DecidedBy, Decision


def settled(
    decision: Decision, specialist: str, *, by: DecidedBy, reason: str, why_not: str
) -> Decision:
    """The decision for `specialist`; `why_not` is what speaks against all others."""
    return replace(
        decision,
        band=Band.GO,
        specialist=specialist,
        decided_by=by,
        reason=reason,
        escalation=None,
        candidates=(),
        rules=(str(by),),
        confidence_bp=confidence_in(specialist, decision),
        alternatives=tuple(_told(one, specialist, why_not) for one in decision.alternatives),
    )


def confidence_in(specialist: str, decision: Decision) -> int:
    """How sure a decision was of one specialist, in basis points."""
    found = (a.confidence_bp for a in decision.alternatives if a.specialist == specialist)
    return next(found, 0)


def _told(one: Alternative, specialist: str, why_not: str) -> Alternative:
    return replace(one, why_not="" if one.specialist == specialist else why_not)
