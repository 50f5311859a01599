"""How well each section of some passages answers a question, piece by piece."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from frontdesk import Passage
from router.answer.knowledge.meaning import (
    asked,
    asks_how,
    question_parts,
    question_vectors,
    quotable,
    said,
    unit_vectors,
)
from router.answer.knowledge.pieces import Piece, sections
from router.answer.knowledge.terms import Scores, TermIndex, codes
from router.answer.knowledge.units import Unit, UnitKind
from router.ports import Encoder


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts beside the cosine of a sentence to a question.

    `wording` weighs the share of the question's wording that a sentence has, `section` the share
    that its section has; `code` is added to a sentence that has a code of the question, such as an
    error number, where meaning sees no difference, and `steps` to a section with steps where the
    question asks how to do something; `article` and `passage` weigh the log-odds of the best
    passage of the article and of the passage itself.
    """

    wording: float = 0.5
    section: float = 0.35
    code: float = 0.1
    steps: float = 0.18
    article: float = 0.2
    passage: float = 0.03


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a passage; `answers[piece, thing]` is how well a piece answers a thing asked.

    `worth[piece]` is how well it answers the message, by whatever it answers best; `named` are
    the pieces that have a code of the question.
    """

    passage: Passage
    pieces: Sequence[Piece]
    worth: Scores
    answers: Scores
    named: frozenset[int] = frozenset()

    @property
    def is_lead(self) -> bool:
        """It stands under no heading: what an article says first, its main statement."""
        return not self.pieces[0].units[0].heading


class _Found(NamedTuple):
    """A section as it stands in its passage; `rows` are its units' places among all of them."""

    passage: Passage
    pieces: Sequence[Piece]
    rows: Sequence[Sequence[int]]


def rank(
    question: str, passages: Sequence[Passage], encoder: Encoder, weights: Weights
) -> list[Section]:
    """Every section of the passages with its scores, in the passages' order.

    A question of greetings and marks alone ranks nothing.
    """
    found = [(passage, quotable(passage)) for passage in passages]
    pairs = [said(passage, unit) for passage, units in found for unit in units]
    if not pairs or not question_parts(question):
        return []
    parts = list(_sections(found))
    texts = [question_parts(question)[0], *asked(question)]
    scores = _unit_scores(texts, pairs, encoder, weights)
    added = _section_scores(texts, parts, pairs, weights)
    wanted = codes(question)
    ranked = []
    for part, bonus in zip(parts, added, strict=True):
        named = [any(wanted & codes(pairs[row][0]) for row in rows) for rows in part.rows]
        best = np.stack([scores[list(rows)].max(axis=0) for rows in part.rows])
        answers = best + weights.code * np.array(named)[:, None] + bonus
        answers += _bonus(part.passage, passages, weights)
        places = frozenset(place for place, has in enumerate(named) if has)
        worth = answers.max(axis=1)
        ranked.append(Section(part.passage, part.pieces, worth, answers[:, 1:], places))
    return ranked


def _sections(found: Sequence[tuple[Passage, Sequence[Unit]]]) -> list[_Found]:
    parts, first = [], 0
    for passage, units in found:
        for pieces in sections(units, passage.text):
            rows = [[first + row for row in piece.rows] for piece in pieces]
            parts.append(_Found(passage, pieces, rows))
        first += len(units)
    return parts


def _unit_scores(
    texts: Sequence[str], pairs: Sequence[tuple[str, str]], encoder: Encoder, weights: Weights
) -> Scores:
    """A row for each unit; a column for the whole message, then one for each thing asked."""
    shares = _shares(texts, [" ".join(pair) for pair in pairs])
    cosines = unit_vectors(pairs, encoder) @ question_vectors(texts[0], texts, encoder).T
    scores: Scores = cosines + weights.wording * shares
    return scores


def _section_scores(
    texts: Sequence[str],
    parts: Sequence[_Found],
    pairs: Sequence[tuple[str, str]],
    weights: Weights,
) -> Scores:
    """The same columns, a row for each section: what the whole of it has for the question."""
    wordings = []
    for part in parts:
        words = [pairs[row] for rows in part.rows for row in rows]
        wordings.append(" ".join([words[0][1], *(said for said, _ in words)]))
    stepwise = np.array([_has_steps(part.pieces) for part in parts], float)
    how = np.array([asks_how(text) for text in texts], float)
    scores: Scores = weights.section * _shares(texts, wordings)
    return scores + weights.steps * np.outer(stepwise, how)


def _shares(texts: Sequence[str], wordings: Sequence[str]) -> Scores:
    terms = TermIndex(wordings)
    return np.stack([terms.shares(text) for text in texts], axis=1)


def _has_steps(pieces: Sequence[Piece]) -> bool:
    return any(unit.kind is UnitKind.STEP for piece in pieces for unit in piece.units)


def _bonus(passage: Passage, passages: Sequence[Passage], weights: Weights) -> float:
    article = max(other.score for other in passages if other.source == passage.source)
    return weights.article * _log_odds(article) + weights.passage * _log_odds(passage.score)


def _log_odds(chance: float) -> float:
    """What sets good passages apart, whose chances are all close to one."""
    kept = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(kept / (1 - kept))
