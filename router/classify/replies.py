"""Reads the answer to a clarifying question: which of the candidates it names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from router.classify.clean import without_marks
from router.classify.settled import settled
from router.records import BASIS_POINTS, DecidedBy, Decision

LONGEST = 12
"""Words; a longer answer is a message of its own and is decided as one."""
FIRST = frozenset({"1", "1st", "first", "one", "former", "a"})
SECOND = frozenset({"2", "2nd", "second", "two", "latter", "b"})
ORDINAL = re.compile(
    r"(?:(?:the|option|number|no|nr|it'?s|its|i|mean|meant|think|choose|pick|would|say|please"
    r"|is|that|one|my|answer|about)\s+)*"
    r"(1st|2nd|first|second|former|latter|[12ab]|one|two)(?:\s+(?:one|option|please|thanks))*"
)
NEITHER = re.compile(r"\W*(?:neither|none|no)\b(?:\s+(?:of|one|the|these|those|them|it|fits))*\W*")
CLEAR_LEAD = BASIS_POINTS // 5
"""So much surer (0.2) must an answer in the requester's own words be of one than of the other."""
WORD = re.compile(r"[\w']+")


def named_candidate(text: str, candidates: Mapping[str, str]) -> str | None:
    """The candidate that `text` names by its place, its name or its title, or None.

    `candidates` maps names to titles in the order in which the question named them.
    """
    words = WORD.findall(without_marks(text).lower().replace("\u2019", "'"))
    if not words or len(words) > LONGEST:
        return None
    names = list(candidates)
    place = _place(words)
    if place is not None:
        return names[place] if place < len(names) else None
    mentioned = [name for name in names if _is_mentioned(words, (name, candidates[name]))]
    return mentioned[0] if len(mentioned) == 1 else None


def is_neither(text: str) -> bool:
    """Whether the answer is that none of the candidates is meant."""
    return NEITHER.fullmatch(without_marks(text).lower()) is not None


def hinted_candidate(decision: Decision, candidates: Mapping[str, str]) -> str | None:
    """The candidate for which the answer, decided alone as `decision`, clearly speaks, or None."""
    found = [a for a in decision.alternatives if a.specialist in candidates]
    if not found:
        return None
    lead = found[0].confidence_bp - (found[1].confidence_bp if len(found) > 1 else 0)
    return found[0].specialist if lead >= CLEAR_LEAD else None


def picked(specialist: str, title: str, decision: Decision) -> Decision:
    """The decision for the candidate that was picked; what was considered stays on the record."""
    return settled(
        decision,
        specialist,
        by=DecidedBy.REPLY_TO_QUESTION,
        reason=f"The requester's answer to our question means {title}.",
        why_not=f"The requester meant {title}.",
    )


def _place(words: Sequence[str]) -> int | None:
    found = ORDINAL.fullmatch(" ".join(words))
    if found is None:
        return None
    return 0 if found[1] in FIRST else 1


def _is_mentioned(words: Sequence[str], called: Sequence[str]) -> bool:
    said = f" {' '.join(words)} "
    return any(
        f" {' '.join(WORD.findall(name.lower().replace('_', ' ').replace('-', ' ')))} " in said
        for name in called
    )
