"""What came of asking a specialist, and how it is put on record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from frontdesk import Escalation, EscalationReason, Passage, Reply
from router import facts
from router.answer.breaker import Turned
from router.answer.brief import Brief
from router.answer.malformed import said
from router.answer.tagged import TaggedAnswer
from router.outbox import DESK
from router.plugin_facts import (
    PluginBlocked,
    PluginFact,
    PluginQuarantined,
    PluginRested,
    PluginRestored,
)
from router.records import PluginRef

TURNED: Mapping[Turned, type[PluginFact]] = {
    Turned.RESTED: PluginRested,
    Turned.RESTORED: PluginRestored,
    Turned.QUARANTINED: PluginQuarantined,
}


@dataclass(frozen=True, slots=True)
class Answered:
    """What a specialist said, the passages it was given, and its fault if it failed.

    `turned` is what its breaker did because of this answer; `blocked_us` is for how long it held
    up the event loop, zero if that is not worth mentioning.
    """

    answer: TaggedAnswer
    plugin: PluginRef
    passages: tuple[Passage, ...] = ()
    fault: str = ""
    duration_us: int = 0
    turned: Turned = Turned.NOT
    blocked_us: int = 0

    def on_record(self, brief: Brief) -> tuple[facts.Fact, ...]:
        """All that is to be put on record of it."""
        return (self.fact(brief), *self._of_the_plugin(brief))

    def _of_the_plugin(self, brief: Brief) -> Iterator[facts.Fact]:
        about: dict[str, Any] = {**brief.where, "actor": DESK, "plugin": self.plugin}
        if self.blocked_us:
            yield PluginBlocked(**about, duration_us=self.blocked_us)
        if self.turned:
            yield TURNED[self.turned](**about)

    def fact(self, brief: Brief) -> facts.AnswerDrafted | facts.SpecialistFailed:
        """This as a fact for the record."""
        actor = f"plugin:{self.plugin.specialist}"
        if self.fault:
            return facts.SpecialistFailed(
                **brief.where,
                actor=actor,
                part=brief.number,
                plugin=self.plugin,
                fault=self.fault,
                duration_us=self.duration_us,
            )
        citations = self.answer.citations if isinstance(self.answer, Reply) else ()
        quotes = {f"quote:{number}": citation.quote for number, citation in enumerate(citations)}
        return facts.AnswerDrafted(
            **brief.where,
            actor=actor,
            part=brief.number,
            attempt=brief.attempt,
            answer=type(self.answer).__name__.lower(),
            plugin=self.plugin,
            passages=tuple(citation.passage for citation in citations),
            sources=tuple(citation.source for citation in citations),
            titles=tuple(citation.title for citation in citations),
            duration_us=self.duration_us,
            texts={"draft": said(self.answer), **quotes},
        )


def failed(plugin: PluginRef, fault: str, duration_us: int = 0) -> Answered:
    """A specialist that did not answer: its ticket goes to a human."""
    note = f"{plugin.specialist}: {fault}"
    answer = Escalation(EscalationReason.SPECIALIST_FAILED, note)
    return Answered(answer, plugin, fault=fault, duration_us=duration_us)
