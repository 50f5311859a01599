"""A brief: one matter on its way through specialists, drafts and objections."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from frontdesk import Author, Citation, Handoff, Message, ThreadScope, Ticket
from router.records import Conversation, Matter, OutcomeKind, Part, Source, Verdict, Where

T = TypeVar("T")
THREAD_MESSAGES = 12
"""How many of the latest messages a specialist gets to see."""
_SEEN: Mapping[ThreadScope, frozenset[Author]] = {
    ThreadScope.NONE: frozenset(),
    ThreadScope.OWN: frozenset({Author.REQUESTER, Author.DESK}),
    ThreadScope.ALL: frozenset(Author),
}


@dataclass(frozen=True, slots=True)
class Brief:
    """Where one matter stands. `attempt` counts answers, `path` who was asked, in order."""

    conversation: Conversation
    number: int
    matter: Matter
    attempt: int = 0
    path: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    packet: str | None = None

    @property
    def where(self) -> Where:
        """This turn, as the first fields of a fact."""
        return self.conversation.where

    @property
    def specialist(self) -> str:
        """Who is to answer now; empty if nobody was chosen."""
        return self.path[-1] if self.path else self.matter.decision.specialist or ""

    @property
    def key(self) -> str:
        """The same for every try of this answer."""
        return f"{self.conversation.message.id}:{self.number}:{self.specialist}"

    def step(self, name: str) -> str:
        """The name of a step of this brief, unique within the turn."""
        return f"{name}:{self.number}:{self.attempt}"

    def bind(self, method: Callable[..., Awaitable[T]], *more: Any) -> Callable[[], Awaitable[T]]:
        """`method` of this brief, ready to be run as a step."""
        return lambda: method(self, *more)

    def handed_to(self, handoff: Handoff) -> Brief:
        """The brief in the hands of another specialist, who gets the packet only."""
        path = (*self.path, handoff.to) if self.path else (self.specialist, handoff.to)
        return replace(
            self, attempt=self.attempt + 1, path=path, objections=(), packet=handoff.summary
        )

    def objected(self, verdict: Verdict) -> Brief:
        """The brief for the next try, with what was wrong with this one."""
        messages = tuple(objection.message for objection in verdict.objections)
        return replace(self, attempt=self.attempt + 1, objections=messages)

    def for_specialist(self, scope: ThreadScope = ThreadScope.ALL) -> Ticket:
        """The matter in the contract's shape, bounded, as the specialist gets to see it."""
        shown = () if self.packet is not None else self.conversation.thread
        thread = [m for m in shown if m.author in _SEEN[scope]][-THREAD_MESSAGES:]
        return Ticket(
            id=self.conversation.ticket,
            text=self.matter.text,
            thread=tuple(Message(m.author, m.text, m.at) for m in thread),
            language=self.conversation.language or self.matter.decision.language,
            objections=self.objections,
            packet=self.packet,
        )

    def part(self, kind: OutcomeKind, text: str, citations: tuple[Citation, ...] = ()) -> Part:
        """How this matter ended."""
        sources = tuple(Source(c.title, c.source, c.quote) for c in citations)
        decision, specialist = self.matter.decision, self.specialist or None
        return Part(kind, decision, specialist, text, sources, matter=self.matter.text)
