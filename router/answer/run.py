"""Running a specialist: a time limit, a bulkhead and a wall against errors around its answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from frontdesk import (
    Answer,
    Escalation,
    EscalationReason,
    Handoff,
    Passage,
    Question,
    Reply,
    Specialist,
)
from frontdesk.checks import MOST_CHARACTERS
from frontdesk.errors import BudgetExceeded, ModelUnavailable
from router import facts
from router.answer.brief import Brief
from router.answer.context import Answerer, Asker, DeskContext, Knowledge
from router.records import PluginRef
from router.validate import Draft


@dataclass(frozen=True, slots=True)
class Installed:
    """A specialist that came with a plugin, and what it may search."""

    specialist: Specialist
    plugin: PluginRef
    knowledge: Knowledge | None = None

    @property
    def title(self) -> str:
        """What people see."""
        return self.specialist.title or self.specialist.name.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Answered:
    """What a specialist said, the passages it was given, and its fault if it failed."""

    answer: Answer
    plugin: PluginRef
    passages: tuple[Passage, ...] = ()
    fault: str = ""
    duration_us: int = 0

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
            texts={"draft": _said(self.answer), **quotes},
        )


@dataclass(frozen=True, slots=True)
class RunLimits:
    """Limits of one answer: its seconds, and how many one specialist may have in flight."""

    seconds: float = 60.0
    in_flight: int = 8


@dataclass(frozen=True, slots=True)
class SpecialistRunner:
    """All installed specialists, and the one way to let one of them answer."""

    installed: Mapping[str, Installed]
    answerer: Answerer
    asker: Asker | None = None
    limits: RunLimits = RunLimits()
    _gates: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    @property
    def titles(self) -> Mapping[str, str]:
        """What people see, by name."""
        return {name: self.title(name) for name in self.installed}

    def title(self, name: str) -> str:
        """What people see; the name itself where nobody of that name is installed."""
        return self.installed[name].title if name in self.installed else name

    async def answer(self, brief: Brief) -> Answered:
        """Let the brief's specialist answer. Never raises: what goes wrong becomes a fault."""
        installed = self.installed.get(brief.specialist)
        if installed is None:
            gone = PluginRef(brief.specialist, "", "", "")
            return _failed(gone, "the specialist is not installed any more", 0)
        context = DeskContext(
            brief,
            installed.specialist,
            knowledge=installed.knowledge,
            answerer=self.answerer,
            asker=self.asker,
        )
        gate = self._gates.setdefault(brief.specialist, asyncio.Semaphore(self.limits.in_flight))
        async with gate:
            return await self._walled(installed, brief, context)

    async def _walled(self, installed: Installed, brief: Brief, context: DeskContext) -> Answered:
        started = time.perf_counter_ns()

        def took() -> int:
            return (time.perf_counter_ns() - started) // 1000

        try:
            async with asyncio.timeout(self.limits.seconds):
                answer = await installed.specialist.answer(brief.for_specialist(), context)
        except BudgetExceeded as error:
            answer = Escalation(EscalationReason.BUDGET, str(error))
        except ModelUnavailable as error:
            answer = Escalation(EscalationReason.MODEL_UNAVAILABLE, str(error))
        except TimeoutError:
            fault = f"no answer within {self.limits.seconds:g} seconds"
            return _failed(installed.plugin, fault, took())
        # A stranger's code may raise anything; its ticket goes to a human, the desk goes on.
        except Exception as error:
            return _failed(installed.plugin, f"raised {type(error).__name__}", took())
        if fault := _malformed(answer):
            return _failed(installed.plugin, fault, took())
        passages = tuple(context.retrieved.values())
        return Answered(answer, installed.plugin, passages, duration_us=took())

    def refuse_handoff(self, brief: Brief, handoff: Handoff, most: int) -> str:
        """Why a hand-off may not be made; empty if it may."""
        path = brief.path or (brief.specialist,)
        pairs = list(pairwise(path))
        if handoff.to not in self.installed:
            return "unknown_specialist"
        if handoff.to == brief.specialist or (brief.specialist, handoff.to) in pairs:
            return "loop"
        return "too_many_handoffs" if len(pairs) >= most else ""

    def draft(self, brief: Brief, answer: Reply | Question, answered: Answered) -> Draft:
        """The answer as the validator gets to see it."""
        installed = self.installed[brief.specialist]
        said = [m.text for m in brief.conversation.thread if m.author == "requester"]
        return Draft(
            kind="reply" if isinstance(answer, Reply) else "question",
            text=answer.text,
            citations=answer.citations if isinstance(answer, Reply) else (),
            specialist=brief.specialist,
            policies=tuple(installed.specialist.policies),
            question=brief.matter.text,
            requester_texts=(*said, brief.conversation.message.text),
            passages=answered.passages,
            handed_off=len(brief.path) > 1,
            **brief.where,
        )


def _failed(plugin: PluginRef, fault: str, duration_us: int) -> Answered:
    note = f"{plugin.specialist}: {fault}"
    answer = Escalation(EscalationReason.SPECIALIST_FAILED, note)
    return Answered(answer, plugin, fault=fault, duration_us=duration_us)


def _malformed(answer: object) -> str:
    """What is wrong with something that a plugin gave as its answer; empty if nothing is."""
    if not isinstance(answer, Reply | Question | Handoff | Escalation):
        return f"returned {type(answer).__name__}, which is no answer"
    if not isinstance(_said(answer), str) or len(_said(answer)) > MOST_CHARACTERS:
        return f"returned no text, or more than {MOST_CHARACTERS} characters"
    return ""


def _said(answer: Answer) -> str:
    match answer:
        case Reply() | Question():
            return answer.text
        case Handoff():
            return answer.reason
        case Escalation():
            return answer.note
