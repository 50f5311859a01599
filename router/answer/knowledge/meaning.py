"""What a question and the units of a passage mean, as vectors that can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from frontdesk import Passage
from router.answer.knowledge.units import Unit, UnitKind, units
from router.classify.clean import clean, sentences
from router.ports import Encoder, PartEncoder, Vectors

MOST_PARTS = 8
FEWEST_WORDS = 4
_AND = re.compile(
    r",?\s+(?:and|or)\s+(?=(?:what|when|where|how|which|who|why|can|could|do|does|is|are|will)\b)",
    re.IGNORECASE,
)

_HOW = re.compile(
    r"\bhow (?:do|can|could|to|would|should)\b|\bwhere (?:do|can|is|are)\b|\b(?:want|need) to\b",
    re.IGNORECASE,
)


def asks_how(text: str) -> bool:
    """Whether a text asks for a way to do something, which steps answer."""
    return _HOW.search(text) is not None


def question_parts(question: str) -> list[str]:
    """The question without greetings, then its sentences of some length: each may be the point.

    A question that is nothing but marks and greetings has no parts.
    """
    cleaned = clean(question)
    whole = " ".join(cleaned.split())
    if not any(character.isalnum() for character in whole):
        return []
    long = [part for part in sentences(cleaned) if len(part.split()) >= FEWEST_WORDS]
    return [whole, *(part for part in long[:MOST_PARTS] if part != whole)]


def asked(question: str) -> list[str]:
    """The separate things a question asks.

    They are the sentences with a question mark, cut where another question word follows an "and";
    in a message without any, each sentence may ask something.
    """
    cleaned = clean(question)
    asking = [part for part in sentences(cleaned) if part.endswith("?")]
    asking = asking or question_parts(question)
    clauses = [clause.strip(" ,") for part in asking for clause in _AND.split(part)]
    long = [clause for clause in clauses if len(clause.split()) >= FEWEST_WORDS]
    return (long or question_parts(question)[:1])[:MOST_PARTS]


def question_vectors(whole: str, parts: Sequence[str], encoder: Encoder) -> Vectors:
    """A vector for each part of a message, in the light of the whole message.

    "How do I set that up?" alone could be about anything.
    """
    return unit_length(encoder.encode(list(parts)) + encoder.encode([whole]))


def question_in_parts(whole: str, parts: Sequence[str], encoder: PartEncoder) -> Vectors:
    """The same with each part read in its context, at a third of the cost.

    Passages are found as well with it: see `benchmarks/answers.py`.
    """
    return unit_length(encoder.encode_parts(whole, parts) + encoder.encode([whole]))


def quotable(passage: Passage) -> list[Unit]:
    """The units of a passage that can be quoted: all but its headings."""
    return [unit for unit in units(passage.text) if unit.kind is not UnitKind.HEADING]


def said(passage: Passage, unit: Unit) -> tuple[str, str]:
    """A unit's words, and what they are about: the article's title with the heading."""
    about = f"{passage.title}. {unit.heading}" if unit.heading else passage.title
    return unit.of(passage.text), about


def unit_vectors(pairs: Sequence[tuple[str, str]], encoder: Encoder) -> Vectors:
    """Vectors of units in their context, because "Select Send" means nothing alone.

    Both are encoded as one text: on the benchmark's questions the right section came first more
    often than with the sum of two vectors.
    """
    return encoder.encode([_in_context(*pair) for pair in pairs])


def texts_of(passages: Iterable[Passage]) -> list[str]:
    """Every text that `unit_vectors` will encode for these passages."""
    return [_in_context(*said(passage, unit)) for passage in passages for unit in quotable(passage)]


def _in_context(words: str, about: str) -> str:
    return f"{about}. {words}"


def unit_length(vectors: Vectors) -> Vectors:
    """The same vectors with length one; a zero vector stays."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled
