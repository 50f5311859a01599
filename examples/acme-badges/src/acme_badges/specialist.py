"""Answers questions about entry badges by rules alone: no model is asked, also where there is one.

Where the answer must be the same every time and a wrong one is costly, rules are the better choice.
"""

from __future__ import annotations

import re
from pathlib import Path

from frontdesk import (
    Answer,
    Author,
    Citation,
    Context,
    Escalation,
    EscalationReason,
    Question,
    Reply,
    Specialist,
    Ticket,
)

LOST = re.compile(r"\b(?:lost|stolen|missing|left (?:it|my badge))\b", re.IGNORECASE)
MATTERS = {
    re.compile(r"\b(?:visitors?|guests?|interview)\b", re.IGNORECASE): "badge for a visitor",
    re.compile(r"\b(?:new|first|joining|start(?:s|ing)?)\b", re.IGNORECASE): "badge for newcomers",
    re.compile(r"\b(?:door|floor|access|open)\b", re.IGNORECASE): "badge does not open a door",
}
"""What people come with, and what to look up for it."""
ASK = "Is it about a visitor's badge, a badge for somebody new, or a door that does not open?"


class BadgesSpecialist(Specialist):
    """Knows the rules of badges. A lost one is a matter for a person, at once."""

    name = "badges"
    title = "Badges"
    handles = (
        "entry badges of the office: badges for visitors and for newcomers, doors and floors that "
        "a badge does not open, lost or stolen badges. Not for passwords or sign-in."
    )
    examples = (
        "I lost my badge",
        "my badge was stolen on the train",
        "how do I get a badge for a visitor",
        "we have a guest for an interview tomorrow, who prints the badge",
        "my badge does not open the door of the third floor",
        "a colleague starts on Monday and needs a badge",
        "the reader at the entrance blinks red",
        "can I get access to the lab with my badge",
        "my badge is broken in two",
        "where do I give back a visitor's badge",
        "my badge photo is ten years old",
    )
    counter_examples = ("I forgot my password", "invite a guest to my workspace")
    knowledge = Path(__file__).parent / "knowledge"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        """By rules: a lost badge, a known matter, or one question; then a person."""
        said = " ".join((*_before(ticket), ticket.text))
        if LOST.search(said):
            note = "A badge is lost: lock it in the door system, then answer."
            return Escalation(EscalationReason.POLICY, note)
        matter = next((about for rule, about in MATTERS.items() if rule.search(said)), None)
        if matter is None:
            if _was_asked(ticket):
                return Escalation(EscalationReason.UNSURE, "It fits none of the rules.")
            return Question(ASK)
        found = await context.search(matter, limit=1)
        if not found:
            return Escalation(EscalationReason.OUT_OF_SCOPE, f"No article on: {matter}")
        return Reply(found[0].text, (Citation.of(found[0]),))


def _before(ticket: Ticket) -> list[str]:
    return [one.text for one in ticket.thread if one.author is Author.REQUESTER]


def _was_asked(ticket: Ticket) -> bool:
    return any(one.author is Author.DESK and ASK in one.text for one in ticket.thread)
