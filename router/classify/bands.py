"""What a probability leads to: go, ask or human. The same for every way of deciding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from frontdesk import EscalationReason
from router.classify.settings import RoutingSettings
from router.records import Band


@dataclass(frozen=True, slots=True)
class Choice:
    """A band with what belongs to it: the specialist, the two to ask about, or the reason."""

    band: Band
    specialist: str | None = None
    candidates: tuple[str, ...] = ()
    escalation: EscalationReason | None = None


def choose(
    probabilities: Mapping[str, float], settings: RoutingSettings, questions: int = 0
) -> Choice:
    """The choice for one matter; `questions` is how many clarifying ones the ticket has had."""
    ranked = sorted(probabilities, key=lambda name: (-probabilities[name], name))
    if not ranked:
        return Choice(Band.HUMAN, escalation=EscalationReason.OUT_OF_SCOPE)
    if probabilities[ranked[0]] >= settings.threshold(ranked[0]):
        return Choice(Band.GO, specialist=ranked[0])
    if sum(probabilities[name] for name in ranked[:2]) < settings.ask:
        return Choice(Band.HUMAN, escalation=EscalationReason.OUT_OF_SCOPE)
    if len(ranked) == 1 or questions >= settings.max_questions:
        return Choice(Band.HUMAN, escalation=EscalationReason.UNSURE)
    return Choice(Band.ASK, candidates=(ranked[0], ranked[1]))
