"""Makes decisions of what the router agent's model said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from frontdesk import EscalationReason
from router.classify.explain import percent
from router.classify.intents import NOBODY, Intent
from router.classify.own_words import OwnWords
from router.classify.settings import RoutingSettings
from router.considered import Alternative
from router.prompts.texts import ROUTER
from router.records import Band, DecidedBy, Decision, Matter, basis_points

MOST_MISSING = 3
PUT_SECOND = "the router agent's model put it second"
"""What is on record of the specialist that it would have named next."""

_LANGUAGE = re.compile(r"[a-z]{2}")


def left_standing(matter: Matter, fault: str) -> Matter:
    """The matter with its embedded decision, and on record what was wrong with the model's."""
    rules = (*matter.decision.rules, f"router_agent:{fault}")
    return replace(matter, decision=replace(matter.decision, rules=rules))


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads what `model` said about `text`, which the embedded model had decided as `embedded`."""

    text: str
    embedded: Decision
    titles: Mapping[str, str]
    settings: RoutingSettings
    questions: int
    own_words: OwnWords
    model: str
    examples_digest: str

    def matters(self, intents: Sequence[Intent]) -> list[Matter]:
        """One matter a specialist, with its part of the text where the model quoted it rightly.

        Else each gets the whole text: too much is better than a text nobody wrote.
        """
        groups: dict[str, list[Intent]] = {}
        for intent in intents:
            groups.setdefault(intent.specialist, []).append(intent)
        quoted = len(groups) > 1 and all(self._holds(intent.text) for intent in intents)
        return [
            Matter(
                "\n".join(intent.text for intent in group) if quoted else self.text,
                self.decision(max(group, key=lambda intent: intent.confidence)),
            )
            for group in groups.values()
        ]

    def decision(self, intent: Intent) -> Decision:
        """The decision for one matter."""
        band, escalation = self._band(intent)
        certain = basis_points(intent.confidence / 100)
        return Decision(
            band=band,
            specialist=intent.specialist if band is Band.GO else None,
            confidence_bp=certain,
            decided_by=DecidedBy.AGENT,
            reason=self._reason(intent),
            escalation=escalation,
            threshold_bp=basis_points(self.settings.threshold(intent.specialist)),
            margin_bp=self.embedded.margin_bp,
            novelty_bp=self.embedded.novelty_bp,
            candidates=(intent.specialist, intent.second) if band is Band.ASK else (),
            alternatives=self._alternatives(intent, band),
            rules=self.embedded.rules,
            neighbours=self.embedded.neighbours,
            model=self.model,
            model_digest=ROUTER.digest,
            examples_digest=self.examples_digest,
            language=intent.language if _LANGUAGE.fullmatch(intent.language) else "en",
            urgency=intent.urgency,
            missing=self._missing(intent),
        )

    def _band(self, intent: Intent) -> tuple[Band, EscalationReason | None]:
        if intent.specialist == NOBODY:
            return Band.HUMAN, EscalationReason.OUT_OF_SCOPE
        share = intent.confidence / 100
        if share >= self.settings.threshold(intent.specialist):
            return Band.GO, None
        two = intent.second not in {NOBODY, intent.specialist}
        if two and share >= self.settings.ask and self.questions < self.settings.max_questions:
            return Band.ASK, None
        return Band.HUMAN, EscalationReason.UNSURE

    def _reason(self, intent: Intent) -> str:
        who = self.titles.get(intent.specialist, "Nobody")
        own = self.own_words.keep(intent.reason, self.text)
        said = own.rstrip(".") or "the router agent's model decided"
        return f"{who}, {percent(intent.confidence / 100)}: {said}."

    def _missing(self, intent: Intent) -> tuple[str, ...]:
        kept = (self.own_words.keep(text, self.text) for text in intent.missing[:MOST_MISSING])
        return tuple(text for text in kept if text)

    def _alternatives(self, intent: Intent, band: Band) -> tuple[Alternative, ...]:
        known = {found.specialist: found for found in self.embedded.alternatives}
        return tuple(
            self._alternative(name, known.get(name), intent, band)
            for name in sorted(self.titles, key=lambda name: name != intent.specialist)
        )

    def _alternative(
        self, name: str, known: Alternative | None, intent: Intent, band: Band
    ) -> Alternative:
        """A specialist with the embedded model's figures, or the model's where it was named."""
        named = name == intent.specialist
        figures = known or Alternative(name, 0, 0, 0)
        certain = basis_points(intent.confidence / 100) if named else figures.confidence_bp
        return replace(
            figures,
            confidence_bp=certain,
            threshold_bp=basis_points(self.settings.threshold(name)),
            why_not=self._why_not(name, intent, band),
        )

    def _why_not(self, name: str, intent: Intent, band: Band) -> str:
        if name == intent.specialist:
            needed = percent(self.settings.threshold(name))
            sure = percent(intent.confidence / 100)
            return "" if band is Band.GO else f"{sure}, needs {needed}"
        if name == intent.second:
            return PUT_SECOND
        return "the router agent's model did not name it"

    def _holds(self, part: str) -> bool:
        return bool(part.strip()) and _spaced(part) in _spaced(self.text)


def _spaced(text: str) -> str:
    return " ".join(text.split())
