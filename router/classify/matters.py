"""Splits a message that raises several matters, so that each is answered by its own specialist.

A wrong split is worse than none: half a question gets half an answer. So a message is split in two
places only. Where its writer says so ("also, ...", "another question", a list), each part must be
surely for a specialist of its own. Between any other sentences each must also want something, not
lean on the one before, and be surer still.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from router.classify.clean import clean, sentences
from router.classify.embedded import EmbeddedRouter
from router.records import Band, Matter, basis_points

FEWEST_MATTERS, MAX_MATTERS = 2, 3
MAX_PIECES = 24
FEWEST_WORDS = 4
"""A shorter piece says too little to be a matter."""

ANNOUNCED = re.compile(
    r"(?:(?<=[.!?;,\n])\s*|\s+(?=and\b))(?=(?:and\s+|but\s+|then\s+)?(?:also\b(?!\s+\w+ed\b)"
    r"|another\s+(?:thing|question|issue|problem|point|topic)|by\s+the\s+way|btw\b|separately\b"
    r"|second(?:ly|\s+(?:question|thing|issue|problem))?\s*[,:]|third(?:ly)?\s*[,:]"
    r"|on\s+(?:another|a\s+different)\s+(?:note|topic|subject)|one\s+(?:more|last|other)\s+"
    r"(?:thing|question)|unrelated|p\.?\s?s\.?\s*[:,]"
    r"|next\s+question|(?:\d[.)]|[-*\u2022])\s+\S))",
    re.IGNORECASE,
)
CLAUSE = re.compile(
    r",?\s+(?:and|plus)\s+(?=(?:also\s+)?(?:i|we|can|could|how|what|where|why|when|do|does|please)\b)"
    r"|,\s+(?:and|plus)\s+(?=(?:the|our|my)\b)",
    re.IGNORECASE,
)
WANTS = re.compile(
    r"\?|\b(?:can|could|how|what|where|why|when|which|who|please|need|want|like|help|tell|explain"
    r"|would|wonder\w*|possible|fix|add|remove|cancel|change|refund|send|show|know)\b"
    r"|\b(?:not|never|cannot|\w+n't|wrong|twice|fail\w*|error|crash\w*|clos\w+ by itself|freez\w*"
    r"|broken?|stuck|missing|stopped|slow|lost|unable)\b",
    re.IGNORECASE,
)
LEANS_BACK = re.compile(
    r"^\W*(?:so|but|because|since|therefore|then|otherwise|or|it|its|this|that|these|those|they"
    r"|he|she|which|after that|as a result|if so|if not|in that case)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the message, with the specialist it is surely for, if any."""

    text: str
    specialist: str | None


def split_matters(text: str, router: EmbeddedRouter, questions: int = 0) -> tuple[Matter, ...]:
    """The matters of a message as it was written, at least one, each with its own decision."""
    cleaned, settings = clean(text), router.settings
    ways = (
        _placed(_announced(cleaned), _says_enough, router, settings.go),
        _placed(_plain(cleaned), _alone, router, settings.split),
    )
    for pieces in ways:
        groups = _grouped(pieces)
        if 1 < len(groups) <= MAX_MATTERS:
            matters = tuple(Matter(part, router.decide(part, questions)) for part in groups)
            if _holds(matters):
                return matters
    return (Matter(text, router.decide(text, questions)),)


def _announced(cleaned: str) -> list[str]:
    """The parts between the places where the writer says that something else begins."""
    parts = [part.strip() for part in ANNOUNCED.split(cleaned)]
    return [part for part in parts if part][:MAX_PIECES]


def _plain(cleaned: str) -> list[str]:
    texts = [clause for sentence in sentences(cleaned) for clause in _clauses(sentence)]
    return texts if len(texts) <= MAX_PIECES else []


def _clauses(sentence: str) -> Sequence[str]:
    parts = [part.strip() for part in CLAUSE.split(sentence)]
    return parts if all(len(part.split()) >= FEWEST_WORDS for part in parts) else [sentence]


def _placed(
    texts: Sequence[str], stands: Callable[[str], bool], router: EmbeddedRouter, needed: float
) -> Iterator[_Piece]:
    """Each text with the specialist it is surely for, for as long as two could have one."""
    found: set[str] = set()
    standing = [text for text in texts if stands(text)]
    left = len(standing) if len(set(standing)) > 1 else 0
    for text in texts:
        if len(found) + left < FEWEST_MATTERS:
            return
        specialist = None
        if text in standing:
            specialist, left = _surely_for(text, router, needed), left - 1
        if specialist is not None:
            found.add(specialist)
        yield _Piece(text, specialist)


def _says_enough(text: str) -> bool:
    return len(text.split()) >= FEWEST_WORDS


def _alone(text: str) -> bool:
    return _says_enough(text) and bool(WANTS.search(text)) and not LEANS_BACK.search(text)


def _surely_for(text: str, router: EmbeddedRouter, needed: float) -> str | None:
    choice, confidence = router.choose(text)
    sure = choice.band is Band.GO and basis_points(confidence) >= basis_points(needed)
    return choice.specialist if sure else None


def _grouped(pieces: Iterable[_Piece]) -> list[str]:
    """A text a specialist: its pieces with what follows each; what opens a message is for all."""
    opening: list[str] = []
    groups: dict[str, list[str]] = {}
    current = opening
    for piece in pieces:
        if piece.specialist is not None:
            current = groups.setdefault(piece.specialist, [])
        current.append(piece.text)
    return ["\n".join([*opening, *texts]) for texts in groups.values()]


def _holds(matters: Sequence[Matter]) -> bool:
    """Whether the parts, put together, are still for as many specialists, each a sure one."""
    chosen = {matter.decision.specialist for matter in matters}
    return 1 < len(matters) <= MAX_MATTERS and None not in chosen and len(chosen) == len(matters)
