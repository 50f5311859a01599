"""A specialist at work on a local model server: its brief, its knowledge, its context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from frontdesk import Answer, Message, Passage, Specialist, Ticket
from router.answer.agent import AgentSettings, ModelAnswerer
from router.answer.asker import ModelAsker
from router.answer.brief import Brief
from router.answer.context import Answerer, DeskContext
from router.model import Model
from router.records import Band
from tests.bot.llm.helpers import REFUNDS
from tests.router.conversations import NOW, conversation, decided, doubtful

QUESTION = "How long does my refund take after the card was charged?"
OTHER = Passage("p2", "Invoices", "kb/invoices.md", "Invoices are sent by mail.")
HANDLES = {"billing": "money", "technical": "errors"}


class Shelf:
    """Knowledge that always finds the same."""

    def __init__(self, *passages: Passage) -> None:
        self.passages = passages

    async def search(self, query: str, limit: int) -> Sequence[Passage]:
        return self.passages[:limit]


class Nobody:
    """An answerer that must not be asked."""

    async def answer(self, specialist: Specialist, ticket: Ticket, context: DeskContext) -> Answer:
        raise AssertionError("the fall-back was asked")


def ticket(text: str = QUESTION, **changes: Any) -> Ticket:
    """A matter."""
    return replace(Ticket("T1", text), **changes)


def message(text: str, author: Any = "requester") -> Message:
    """A message of the thread."""
    return Message(author, text, NOW)


def context(model: Model, specialist: Specialist, *passages: Passage) -> DeskContext:
    """What the specialist may use."""
    matter = replace(doubtful(QUESTION), decision=decided(Band.GO, specialist.name))
    return DeskContext(
        Brief(conversation(QUESTION), 0, matter),
        specialist,
        knowledge=Shelf(*passages),
        answerer=Nobody(),
        asker=ModelAsker(model),
    )


async def answered(
    model: Model,
    specialist: Specialist,
    matter: Ticket | None = None,
    *,
    passages: Sequence[Passage] = (REFUNDS, OTHER),
    fallback: Answerer | None = None,
    **settings: Any,
) -> Answer:
    agent = ModelAnswerer(model, HANDLES, fallback, AgentSettings(**settings))
    return await agent.answer(specialist, matter or ticket(), context(model, specialist, *passages))
