"""The gate: which messages start a turn. What is kept out is kept out by a named rule."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk import Author
from router.classify.rules import pleasantry
from router.records import Conversation


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a message starts a turn, and the rule that said so."""

    admitted: bool
    rule: str


def admit(conversation: Conversation) -> Gate:
    """Let a message start a turn unless a rule keeps it out.

    A pleasantry ("thanks!") is kept out only where the desk has already said something: the first
    words of a ticket are always answered.
    """
    if conversation.owned_by_human:
        return Gate(False, "owned_by_human")
    if conversation.message.author is not Author.REQUESTER:
        return Gate(False, "not_the_requester")
    answered = any(message.author is Author.DESK for message in conversation.thread)
    if answered and (kind := pleasantry(conversation.message.text)):
        return Gate(False, kind)
    return Gate(True, "requester")
