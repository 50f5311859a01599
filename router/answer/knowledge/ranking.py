"""How well each section of some passages answers a question, piece by piece."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from frontdesk import Passage
from router.answer.knowledge.meaning import (
    asked,
    question_parts,
    question_vectors,
    quotable,
    said,
    unit_vectors,
)
from router.answer.knowledge.pieces import Piece, sections
from router.answer.knowledge.terms import Scores, TermIndex, codes
from router.ports import Encoder


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts beside the cosine of a sentence to a question.

    `wording` weighs the share of the question's wording; `code` is added to a sentence that has a
    code of the question, such as an error number, where meaning sees no difference; `article` and
    `passage` weigh the log-odds of the best passage of the article and of the passage itself.
    """

    wording: float = 1.0
    code: float = 0.2
    article: float = 0.1
    passage: float = 0.04


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a passage; `answers[piece, thing]` is how well a piece answers a thing asked.

    `worth[piece]` is how well it answers the message, by whatever it answers best.
    """

    passage: Passage
    pieces: Sequence[Piece]
    worth: Scores
    answers: Scores


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
    scores = _scores(question, pairs, encoder, weights)
    ranked, row = [], 0
    for passage, units in found:
        bonus = _bonus(passage, passages, weights)
        for pieces in sections(units, passage.text):
            best = [scores[[row + place for place in piece.rows]].max(axis=0) for piece in pieces]
            answers = np.stack(best) + bonus
            ranked.append(Section(passage, pieces, answers.max(axis=1), answers[:, 1:]))
        row += len(units)
    return ranked


def _scores(
    question: str, pairs: Sequence[tuple[str, str]], encoder: Encoder, weights: Weights
) -> Scores:
    """A row for each unit; a column for the whole message, then one for each thing asked."""
    texts = [question_parts(question)[0], *asked(question)]
    terms = TermIndex([" ".join(pair) for pair in pairs])
    shares = np.stack([terms.shares(text) for text in texts], axis=1)
    cosines = unit_vectors(pairs, encoder) @ question_vectors(texts[0], texts, encoder).T
    wanted = codes(question)
    named = np.array([[bool(wanted & codes(words))] for words, _ in pairs])
    scores: Scores = cosines + weights.wording * shares + weights.code * named
    return scores


def _bonus(passage: Passage, passages: Sequence[Passage], weights: Weights) -> float:
    article = max(other.score for other in passages if other.source == passage.source)
    return weights.article * _log_odds(article) + weights.passage * _log_odds(passage.score)


def _log_odds(chance: float) -> float:
    """What sets good passages apart, whose chances are all close to one."""
    kept = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(kept / (1 - kept))
