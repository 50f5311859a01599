"""What needs no classifier: nothing written, small talk, a wish for a human, abuse.

A rule fires only where the message plainly says so: a "human-readable export" is no wish for a
human. Whatever is in doubt is left to the classifier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from frontdesk import EscalationReason
from router.classify.clean import without_marks
from router.classify.smalltalk import pleasantry

HUMAN = r"(?:human being|human|person|agent|representative|operator|supervisor|manager)\b(?!-)"
SURELY = r"(?:(?:real|actual|live|human|proper|living)\s+)"
ALONE = r"^\W*(?:please\s+)?"
PLEASE = r"(?:\s*,?\s*(?:please|pls|now|asap|instead|here|there))*\W*$"
ASKS_FOR_HUMAN = (
    # "I want to speak to a person", "can you connect me with a real agent?"
    r"\b(?:talk|speak|chat|connect(?:ed)?|transfer(?:red)?|through|escalate|forward(?:ed)?)\s+"
    rf"(?:(?:me|this|it|directly)\s+)?(?:to|with)\s+(?:an?|any|some|your|the)?\s*{SURELY}*{HUMAN}",
    rf"\b(?:talk|speak|chat)\s+(?:to|with)\s+(?:someone|somebody|{SURELY}people){PLEASE}",
    # "I need a human", "get me a real person please"; not "I need a person to be added"
    rf"\b(?:want|need|prefer|like|get\s+me|give\s+me|is\s+there)\s+an?\s+"
    rf"(?:{SURELY}+{HUMAN}(?!\s+\w+s?\s+(?:license|seat|account))|human|person){PLEASE}",
    # "a human please", "agent!", "real person"
    rf"{ALONE}(?:an?\s+|the\s+)?{SURELY}*(?:human(?:\s+being)?|person|agent|representative"
    rf"|operator|human\s+support){PLEASE}",
    # "no bots", "not a bot, a human"
    rf"{ALONE}(?:no|not\s+an?|stop\s+the)\s+(?:more\s+)?(?:ro)?bots?{PLEASE}",
    r"\bnot\s+(?:to\s+)?an?\s+(?:ro)?bot\b",
)
ABUSE = (
    r"\bf+u+c+k+\s+(?:you|u|off|yourselves)\b|\bgo\s+to\s+hell\b|\bkill\s+yourselves?f?\b",
    r"\byou(?:'re|\s+are)?\s+(?:all\s+)?(?:an?\s+)?(?:fucking\s+|stupid\s+|worthless\s+|useless\s+)*"
    r"(?:idiots?|morons?|assholes?|arseholes?|bastards?|bitch(?:es)?|cunts?|retards?)\b",
    r"\bi(?:'ll|\s+will|'m\s+going\s+to|\s+am\s+going\s+to)\s+(?:kill|hurt|shoot|stab)\s+you\b",
)


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.I | re.M)


HUMAN_WISH, INSULT = _any(ASKS_FOR_HUMAN), _any(ABUSE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that fired: its stable id, why, in plain words, and what reason it gives a human."""

    id: str
    why: str
    escalation: EscalationReason


def rule_for(text: str) -> Rule | None:
    """The first rule that fires for a message as it was written, or None."""
    plain = without_marks(text).replace("\u2019", "'")
    if not re.search(r"\w", plain):
        return Rule("empty", "There are no words in it.", EscalationReason.OUT_OF_SCOPE)
    if INSULT.search(plain):
        return Rule("abuse", "It insults or threatens somebody.", EscalationReason.ABUSE)
    if HUMAN_WISH.search(plain):
        return Rule("asked_for_human", "It asks for a person.", EscalationReason.ASKED_FOR_HUMAN)
    kind = pleasantry(text)
    if kind is not None:
        return Rule(f"smalltalk:{kind}", "It is only small talk.", EscalationReason.OUT_OF_SCOPE)
    return None
