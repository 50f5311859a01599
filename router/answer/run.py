"""Running a specialist: a breaker, a bulkhead and a wall around its answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from frontdesk import Handoff, Question, Reply, Specialist
from router.answer.answered import Answered, failed
from router.answer.breaker import Breaker, BreakerLimits
from router.answer.brief import Brief
from router.answer.context import Answerer, Asker, DeskContext, Knowledge
from router.answer.permit import OF_THE_DESK, Permit
from router.answer.reach import Outside
from router.answer.tools import Confirmed, ToolBox
from router.answer.wall import Wall
from router.answer.watch import LoopWatch
from router.change_facts import Ran
from router.records import PluginRef
from router.titles import title_of
from router.validate import Draft

log = logging.getLogger("frontdesk.specialist")


@dataclass(frozen=True, slots=True)
class Installed:
    """A specialist that came with a plugin, what it may search, and what else it may do."""

    specialist: Specialist
    plugin: PluginRef
    knowledge: Knowledge | None = None
    permit: Permit = OF_THE_DESK

    @property
    def title(self) -> str:
        """What people see."""
        return title_of(self.specialist.name, self.specialist.title)


@dataclass(frozen=True, slots=True)
class RunLimits:
    """Limits of one answer: its seconds, and how many one specialist may have in flight.

    An answer that held up the event loop for `block_seconds` counts as a fault. `breaker` says
    when a specialist that fails is left alone.
    """

    seconds: float = 60.0
    in_flight: int = 8
    block_seconds: float = 1.0
    breaker: BreakerLimits = field(default_factory=BreakerLimits)


@dataclass(frozen=True, slots=True)
class SpecialistRunner:
    """All installed specialists, and the one way to let one of them answer.

    What is `installed` may be exchanged while the desk is at work: the next answer goes by it.
    """

    installed: dict[str, Installed]
    answerer: Answerer
    asker: Asker | None = None
    outside: Outside | None = None
    limits: RunLimits = RunLimits()
    watch: LoopWatch = field(default_factory=LoopWatch)
    clock: Callable[[], float] = time.monotonic
    _breakers: dict[str, Breaker] = field(default_factory=dict)
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
            return failed(gone, "the specialist is not installed any more")
        breaker = self._breaker(brief.specialist)
        given = breaker.admit()
        if given.refusal:
            return failed(installed.plugin, given.refusal)
        well: bool | None = None
        try:
            answered = await self._asked(installed, brief)
            well = not answered.fault and not answered.blocked_us
        finally:
            turned = breaker.ended(given, well)
        if turned:
            log.warning("the specialist %s is %s", brief.specialist, turned)
        return replace(answered, turned=turned)

    def purse(self, actor: str) -> int | None:
        """What an actor may spend on models for one ticket, in micro-dollars; None if all of it."""
        kind, _, name = actor.partition(":")
        found = self.installed.get(name) if kind == "plugin" else None
        return found.permit.microusd if found else None

    @property
    def quarantined(self) -> frozenset[str]:
        """The specialists that this process does not ask any more."""
        return frozenset(name for name, one in self._breakers.items() if one.is_quarantined)

    @property
    def left_alone(self) -> Mapping[str, bool]:
        """Of each specialist whether it is not asked now because it failed too often."""
        return {name: one.is_open for name, one in self._breakers.items()}

    def _breaker(self, name: str) -> Breaker:
        return self._breakers.setdefault(name, Breaker(self.limits.breaker, self.clock))

    async def change(self, brief: Brief, tool: str, arguments: str) -> Confirmed:
        """Run a tool that a person confirmed, with exactly these `arguments`. Never raises."""
        installed = self.installed.get(brief.specialist)
        if installed is None:
            return Confirmed(Ran.FAILED, "the specialist is not installed any more")
        granted = installed.permit.changes
        if granted is not None and tool not in granted:
            return Confirmed(Ran.FAILED, f"{tool} is not granted to {brief.specialist} any more")
        box = ToolBox(installed.specialist.tools, self._context(installed, brief))
        return await box.confirmed(tool, arguments)

    def _context(self, installed: Installed, brief: Brief) -> DeskContext:
        return DeskContext(
            brief,
            installed.specialist,
            knowledge=installed.knowledge,
            answerer=self.answerer,
            asker=self.asker,
            permit=installed.permit,
            outside=self.outside,
        )

    async def _asked(self, installed: Installed, brief: Brief) -> Answered:
        context = self._context(installed, brief)
        gate = self._gates.setdefault(brief.specialist, asyncio.Semaphore(self.limits.in_flight))
        async with gate:
            ticket = brief.for_specialist(installed.permit.thread)
            wall = Wall(installed.plugin, self.watch, self.limits.seconds)
            return await wall.answered(
                lambda: installed.specialist.answer(ticket, context),
                context.retrieved,
                self.limits.block_seconds,
            )

    def refuse_handoff(self, brief: Brief, handoff: Handoff, most: int) -> str:
        """Why a hand-off may not be made; empty if it may."""
        path = brief.path or (brief.specialist,)
        pairs = list(pairwise(path))
        if not self.installed[brief.specialist].permit.handoff:
            return "not_granted"
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
