"""Answering without a language model: quote what the knowledge says, or that it says nothing."""

from __future__ import annotations

import asyncio

from frontdesk import Answer, Author, Escalation, EscalationReason, Specialist, Ticket
from router.answer.context import DeskContext
from router.answer.extract import ExtractSettings, extract
from router.ports import Encoder
from router.records import DecidedBy

PASSAGES = 8
SHORT = 8
"""A question of fewer words leans on what was said before, so that is searched for too."""


class Quoting:
    """The answerer of a desk without a model. It never writes a word that it does not quote."""

    def __init__(self, encoder: Encoder, settings: ExtractSettings | None = None) -> None:
        self._encoder = encoder
        self._settings = settings or ExtractSettings()

    async def answer(self, specialist: Specialist, ticket: Ticket, context: DeskContext) -> Answer:
        """Quote the passages that answer the matter; a human where none fits well enough.

        A rejected quotation is not tried again: without a model the next one would be the same.
        """
        if ticket.objections:
            return Escalation(EscalationReason.REJECTED, " ".join(ticket.objections))
        # Where the topic has changed, what was said before is about something else.
        sticky = context.brief.matter.decision.decided_by is DecidedBy.STICKY
        question = in_context(ticket) if sticky else ticket.text
        passages = await context.search(question, PASSAGES)
        return await asyncio.to_thread(extract, question, passages, self._encoder, self._settings)


def in_context(ticket: Ticket) -> str:
    """The matter, after the requester's message before it where it is too short to stand alone."""
    if len(ticket.text.split()) >= SHORT:
        return ticket.text
    said = [m.text for m in ticket.thread if m.author is Author.REQUESTER and m.text != ticket.text]
    return f"{said[-1]}\n{ticket.text}" if said else ticket.text
