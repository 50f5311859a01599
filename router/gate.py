"""The gate: which messages start a turn. What is kept out is kept out by a named rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from frontdesk import Author
from router.classify.smalltalk import pleasantry
from router.records import Addressee, Conversation, Superseded

SIDE_CHAT = timedelta(minutes=10)
"""How long after another person's words the requester is taken to answer those."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a message starts a turn, and the rule that said so."""

    admitted: bool
    rule: str


def admit(conversation: Conversation) -> Gate:
    """Let a message start a turn unless a rule keeps it out.

    A pleasantry ("thanks!") is kept out only where the desk has already said something: the first
    words of a ticket are always answered. A message that another of the same person follows already
    is answered together with that one.
    """
    if conversation.message.author is not Author.REQUESTER:
        return Gate(False, "not_the_requester")
    if conversation.owned_by_human:
        return Gate(False, _to_a_person(conversation))
    if conversation.addressee is Addressee.OTHERS:
        return Gate(False, "addressed_to_others")
    if rule := _overtaken(conversation) or _not_for_the_desk(conversation):
        return Gate(False, rule)
    answered = any(message.author is Author.DESK for message in conversation.thread)
    if answered and (kind := pleasantry(conversation.message.text)):
        return Gate(False, kind)
    return Gate(True, "requester")


def _to_a_person(conversation: Conversation) -> str:
    """Whoever thanks the person who has the ticket does not wait for them."""
    thanks = pleasantry(conversation.message.text) == "thanks"
    return "thanks" if thanks else "owned_by_human"


def _overtaken(conversation: Conversation) -> str:
    if conversation.superseded is Superseded.NEWER_MESSAGE:
        return "grouped"
    return str(conversation.superseded)


def _not_for_the_desk(conversation: Conversation) -> str:
    """The rule by which people talk among themselves; empty if the desk may feel addressed."""
    if conversation.addressee is Addressee.DESK:
        return ""
    if conversation.quiet:
        return "quiet"
    waits = conversation.asked or conversation.grouped
    return "side_chat" if _is_aside(conversation) and not waits else ""


def _is_aside(conversation: Conversation) -> bool:
    """Whether the requester most likely talks to another person who wrote just before."""
    others = [one for one in conversation.thread if one.author is not Author.REQUESTER]
    if not others or others[-1].author is Author.DESK:
        return False
    return conversation.message.at - others[-1].at < SIDE_CHAT
