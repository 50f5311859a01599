"""What needs no classifier: nothing written, small talk, a wish for a human, abuse, a break-in.

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

MINE = r"(?:my|our|the)\s+(?:\w+\s+)?(?:accounts?|workspaces?|e-?mail|profile|log-?ins?|password)"
SECURITY = (
    # "my account was hacked", "I got hacked", "our workspace has been compromised"
    rf"\b(?:{MINE}|i|we)(?:'ve)?\s+(?:(?:has|have|had|was|were|is|are|am|got|getting|been|being|just"
    r"|probably|maybe|might|may|be)\s+)+(?:hacked|compromised|hijacked|breached|taken\s+over|phished)\b",
    # "somebody else is logged in to my account", "a stranger got into our workspace"
    r"\b(?:someone|somebody|a\s+stranger|an?\s+(?:attacker|hacker)|hackers?)\s+(?:else\s+)?"
    r"(?:(?:has|have|had|is|was|might|may|could|must|be|been|just)\s+)*"
    r"(?:log(?:ged|ging|s)?\s*-?in(?:to)?|sign(?:ed|ing|s)?\s*-?in(?:to)?|us(?:ed|ing|es)|access(?:ed|ing|es)?"
    rf"|got|broke|breaking|gets?|hacked)\s+(?:in\s*)?(?:to\s+|into\s+|with\s+)?{MINE}\b",
    # "there are logins from Russia", "sign-ins that I do not recognise"
    r"\b(?:log-?ins?|sign-?ins?|sessions?)\s+from\s+(?:[A-Z]\w+|another|a\s+(?:country|city|place)|abroad)",
    r"\b(?:log-?ins?|sign-?ins?|sessions?|devices?|activity)\s+(?:that\s+)?(?:i|we)\s+"
    r"(?:do|did|don't|didn't)\s*(?:not|n't)?\s+(?:recogni[sz]e|know|make|start)",
    r"\b(?:unauthori[sz]ed|suspicious)\s+(?:access|log-?ins?|sign-?ins?|activity)\b",
    r"\b(?:there|we|you|i)\s+(?:was|were|had|have\s+had|has\s+been|detected|noticed|found)\s+"
    r"(?:an?\s+)?(?:possible\s+)?(?:data|security)\s+breach\b",
)
COMPLAINT = (
    # "your answer is wrong", "that reply was not correct"
    r"\b(?:your|that|this|the)\s+(?:last\s+)?(?:answer|reply|response)\s+(?:is|was|isn't|wasn't)\s+"
    r"(?:just\s+|simply\s+|completely\s+|totally\s+|plain\s+)?"
    r"(?:not\s+)?(?:wrong|incorrect|false|correct|right|true|nonsense|useless|helpful)\b",
    # "that is not what I asked", "you did not answer my question"
    r"\b(?:that|this|it)(?:'s|\s+is|\s+was)\s+not\s+what\s+i\s+(?:asked|meant|wanted\s+to\s+know)\b",
    r"\byou\s+(?:did\s+not|didn't|have\s+not|haven't)\s+answer(?:ed)?\s+(?:my|the)\s+question\b",
)


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.I | re.M)


HUMAN_WISH, INSULT = _any(ASKS_FOR_HUMAN), _any(ABUSE)
BREACH, WRONG_ANSWER = _any(SECURITY), _any(COMPLAINT)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that fired: its stable id, why, in plain words, and what reason it gives a human."""

    id: str
    why: str
    escalation: EscalationReason


SAID: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (INSULT, Rule("abuse", "It insults or threatens somebody.", EscalationReason.ABUSE)),
    (
        HUMAN_WISH,
        Rule("asked_for_human", "It asks for a person.", EscalationReason.ASKED_FOR_HUMAN),
    ),
    (BREACH, Rule("security", "Somebody may be where they must not be.", EscalationReason.POLICY)),
    (WRONG_ANSWER, Rule("complaint", "It says that an answer was wrong.", EscalationReason.POLICY)),
)
"""What a message says, and the rule that it fires, the weightiest first."""


def rule_for(text: str) -> Rule | None:
    """The first rule that fires for a message as it was written, or None."""
    plain = without_marks(text).replace("\u2019", "'")
    if not re.search(r"\w", plain):
        return Rule("empty", "There are no words in it.", EscalationReason.OUT_OF_SCOPE)
    for pattern, rule in SAID:
        if pattern.search(plain):
            return rule
    kind = pleasantry(text)
    if kind is not None:
        return Rule(f"smalltalk:{kind}", "It is only small talk.", EscalationReason.OUT_OF_SCOPE)
    return None
