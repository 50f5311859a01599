"""A specialist's knowledge, searchable by wording and by meaning, its score has a meaning.

The score is the chance that the passage is about the question, not a rank: below
`router.answer.extract.ExtractSettings.fits` nothing is answered. `benchmarks/answers.py` measures
it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frontdesk import Passage
from router.answer.knowledge.articles import Article
from router.answer.knowledge.meaning import (
    question_in_parts,
    question_parts,
    quotable,
    said,
    texts_of,
    unit_length,
    unit_vectors,
)
from router.answer.knowledge.passages import split
from router.answer.knowledge.terms import Scores, TermIndex
from router.answer.knowledge.vectors import StoredVectors
from router.ports import Vectors
from router.threads import Threads

BEST_SENTENCE = 0.7
"""How much of the meaning is the best sentence's; the rest is the passage's as a whole."""
WORDING = 1.0
"""What a share of the wording counts beside a cosine."""
ARTICLE = 0.4
"""How much of a passage's fit is its article's: the mean of the article's two best passages.
One passage may share words by chance, two of an article seldom do."""
SLOPE, MIDDLE = 18.7, 0.461
"""Makes the fit a chance: fitted with logistic regression on the shipped articles, on questions
that they answer against questions to other specialists and to nobody."""


@dataclass(frozen=True, slots=True)
class KnowledgeIndex:
    """All passages of a specialist. Nothing in it changes, so any thread may search."""

    passages: tuple[Passage, ...]
    _terms: TermIndex
    _units: Vectors
    _owners: NDArray[np.intp]
    _articles: NDArray[np.intp]
    _means: Vectors
    _encoder: StoredVectors

    @classmethod
    def build(cls, articles: Sequence[Article], encoder: StoredVectors) -> KnowledgeIndex:
        """Cut, encode and index articles; what `encoder` has stored is not encoded again."""
        cut = [split(article) for article in articles]
        passages = tuple(passage for pieces in cut for passage in pieces)
        collection = "\n".join(sorted({article.specialist for article in articles}))
        encoder.learn(collection, texts_of(passages))
        pairs, owners = [], []
        for row, passage in enumerate(passages):
            found = [said(passage, unit) for unit in quotable(passage)]
            pairs += found
            owners += [row] * len(found)
        vectors = unit_vectors(pairs, encoder)
        places = np.array(owners, np.intp)
        return cls(
            passages,
            # The title counts twice: it says what all of the article is about.
            TermIndex([f"{p.title} {p.title} {p.text}" for p in passages]),
            vectors,
            places,
            np.repeat(np.arange(len(cut)), [len(pieces) for pieces in cut]),
            _means(vectors, places, len(passages)),
            encoder,
        )

    @property
    def listing(self) -> str:
        """All passages, one a line: the SHA-256 of title, source and text, and the passage's id."""
        return "".join(f"{_digest(p)} {p.id}\n" for p in self.passages)

    @property
    def digest(self) -> str:
        """SHA-256 of the listing: the same knowledge has the same digest."""
        return hashlib.sha256(self.listing.encode()).hexdigest()

    def search(self, query: str, limit: int = 5) -> list[Passage]:
        """The `limit` passages that fit `query` best, best first, each with its score in 0..1."""
        parts = question_parts(query)
        if not parts or not self.passages:
            return []
        fits = self._meaning(parts) + WORDING * self._terms.shares(parts[0])
        fits = (1 - ARTICLE) * fits + ARTICLE * _best_two(fits, self._articles)[self._articles]
        best = np.argsort(-fits, kind="stable")[: max(limit, 0)]
        return [replace(self.passages[row], score=_chance(float(fits[row]))) for row in best]

    def _meaning(self, parts: list[str]) -> Scores:
        questions = question_in_parts(parts[0], parts, self._encoder).T
        best = np.full(len(self.passages), -1.0)
        np.maximum.at(best, self._owners, (self._units @ questions).max(axis=1))
        whole = (self._means @ questions).max(axis=1)
        scores: Scores = BEST_SENTENCE * best + (1 - BEST_SENTENCE) * whole
        return scores


_SEARCHING = Threads(4, "knowledge")


@dataclass(frozen=True, slots=True)
class KnowledgeSearch:
    """An index for a `Context`: searching takes milliseconds of computing, so not in the loop."""

    index: KnowledgeIndex

    async def search(self, query: str, limit: int) -> Sequence[Passage]:
        """As `KnowledgeIndex.search`."""
        return await _SEARCHING.run(self.index.search, query, limit)


def _best_two(fits: Scores, articles: NDArray[np.intp]) -> Scores:
    """For each article the mean of its two best passages' fits; of one if it has no more."""
    order = np.lexsort((-fits, articles))
    _, first = np.unique(articles[order], return_index=True)
    best = fits[order[first]]
    has_more = np.bincount(articles) > 1
    second = fits[order[np.where(has_more, first + 1, first)]]
    means: Scores = (best + second) / 2
    return means


def _means(vectors: Vectors, owners: NDArray[np.intp], size: int) -> Vectors:
    sums = np.zeros((size, vectors.shape[1]), np.float32)
    np.add.at(sums, owners, vectors)
    return unit_length(sums)


def _chance(fit: float) -> float:
    return round(1 / (1 + float(np.exp(-SLOPE * (fit - MIDDLE)))), 4)


def _digest(passage: Passage) -> str:
    named = f"{passage.title}\n{passage.source}\n{passage.text}"
    return hashlib.sha256(named.encode()).hexdigest()
