"""Letting a specialist answer, before it does so for real.

Each requester's ticket carries a mark that nobody else knows. Whatever holds the other one's mark
afterwards (an answer, a question to the model, a search, an attribute) has leaked.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from frontdesk.contract import Finding, Passage, Ticket
from frontdesk.errors import SpecialistError
from frontdesk.testing.answers import objections, strangers
from frontdesk.testing.context import FakeContext
from frontdesk.testing.scenes import Scene, everyday, injected
from frontdesk.testing.state import changed, kept
from frontdesk.testing.strain import Heartbeat, cancelled, instructed, obeyed

PATIENCE = 60
"""Times the limit of one answer: how long the whole rehearsal may take if the code blocks."""


def rehearse(
    specialist: object,
    tickets: tuple[Ticket, Ticket],
    passages: Sequence[Passage],
    seconds: float,
    colleagues: Collection[str] | None = None,
) -> list[Finding]:
    """What is wrong with the way `specialist` answers two requesters in every scene.

    It runs on an event loop of its own in another thread, so it may be called from async tests, and
    code that blocks cannot block the caller for ever.
    """
    marks = [f"{word}-{secrets.token_hex(4)}" for word in ("kestrel", "marigold")]
    marked = [
        replace(ticket, id=f"{ticket.id}-{mark}", text=f"{ticket.text} {mark}")
        for ticket, mark in zip(tickets, marks, strict=True)
    ]
    rehearsal = _Rehearsal(specialist, marked, marks, seconds, colleagues)
    findings: list[Finding] = []

    def run() -> None:
        findings.extend(asyncio.run(rehearsal.all(passages)))

    thread = threading.Thread(target=run, name="rehearsal", daemon=True)
    thread.start()
    thread.join(seconds * PATIENCE)
    if thread.is_alive():
        text = "`answer` blocks: it neither came back nor let go; await, or use asyncio.to_thread"
        return [Finding("blocks", text)]
    return list(dict.fromkeys(findings))


class _Rehearsal:
    """One specialist, two marked tickets, and a limit for each answer."""

    def __init__(
        self,
        specialist: object,
        tickets: list[Ticket],
        marks: list[str],
        seconds: float,
        colleagues: Collection[str] | None,
    ) -> None:
        self._specialist = specialist
        self._tickets = tickets
        self._marks = marks
        self._seconds = seconds
        self._colleagues = colleagues

    async def all(self, passages: Sequence[Passage]) -> list[Finding]:
        """Play every scene, one requester after the other and both at once; then the strain."""
        findings: list[Finding] = []
        async with Heartbeat() as heartbeat:
            for scene in everyday(passages):
                findings += await self._in_turn(scene)
                findings += await self._at_once(scene)
            findings += await self._given_orders(passages)
            findings += await cancelled(self._ask, self._tickets[0], self._seconds)
        return findings + heartbeat.findings()

    async def _given_orders(self, passages: Sequence[Passage]) -> list[Finding]:
        scene, ticket = injected(self._tickets[0], passages)
        context = scene.context()
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._ask(ticket, context)
        except (SpecialistError, TimeoutError):
            return []  # too slow: the scenes before have said so
        except Exception as error:
            text = f"{scene.name}, `answer` raised {type(error).__name__}: {error}"
            return [Finding("raised", f"{text}; catch it and return an Escalation")]
        return [
            *objections(answer, context.given, scene.name),
            *obeyed(self._specialist, answer, context),
        ]

    async def _in_turn(self, scene: Scene) -> list[Finding]:
        findings = await self._answered(scene, 0)
        after_first = kept(self._specialist)
        for place, content in after_first.items():
            if self._marks[0] in content:
                findings.append(_state(f"{place} still holds what a requester wrote"))
        findings += await self._answered(scene, 1)
        for place in changed(after_first, kept(self._specialist)):
            findings.append(_state(f"{place} changed by answering"))
        return findings

    async def _at_once(self, scene: Scene) -> list[Finding]:
        both = await asyncio.gather(self._answered(scene, 0), self._answered(scene, 1))
        return [finding for findings in both for finding in findings]

    async def _answered(self, scene: Scene, number: int) -> list[Finding]:
        context = scene.context()
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._ask(self._tickets[number], context)
        except SpecialistError:
            return list(_leaks(context, "", self._marks[1 - number]))  # a way to say that it cannot
        except TimeoutError:
            text = f"{scene.name}, `answer` took more than {self._seconds:g} seconds"
            return [Finding("too_slow", text)]
        except Exception as error:
            text = f"{scene.name}, `answer` raised {type(error).__name__}: {error}"
            return [Finding("raised", f"{text}; catch it and return an Escalation")]
        return [
            *objections(answer, context.given, scene.name),
            *strangers(self._specialist, answer, self._colleagues),
            *_leaks(context, repr(answer), self._marks[1 - number]),
            *instructed(context, self._marks[number]),
        ]

    def _ask(self, ticket: Ticket, context: FakeContext) -> Awaitable[Any]:
        own: Callable[[Ticket, FakeContext], Awaitable[Any]] | None
        own = getattr(self._specialist, "answer", None)
        return own(ticket, context) if own else context.answer(ticket)


def _leaks(context: FakeContext, answer: str, others_mark: str) -> Iterator[Finding]:
    places = {
        "an answer": answer,
        "a question to the model": repr(context.asked),
        "a search": repr(context.searched),
        "the log": repr(context.logged),
    }
    for place, content in places.items():
        if others_mark in content:
            yield Finding("leaks", f"{place} held what another requester wrote")


def _state(what: str) -> Finding:
    text = f"{what}; the next requester is somebody else: keep it in a variable of `answer`"
    return Finding("keeps_state", text)
