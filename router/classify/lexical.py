"""How alike two texts are by their letters: tf-idf over words, word pairs and parts of words.

The encoder reads meaning and misses rare names, codes and product words; this finds just those.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise, repeat

import numpy as np
from numpy.typing import NDArray

WORD = re.compile(r"\w+")
SHORTEST, LONGEST = 2, 5
MAX_CHARACTERS = 2_000
REMEMBERED, LONGEST_REMEMBERED = 2_048, 30
"""So many words' parts are kept, of words up to so many letters (3 MB as a rule, at most 14)."""

Pieces = Counter[str]
_Numbers = NDArray[np.float64]


class Lexical:
    """Cosines to a fixed list of texts, the mean of one over words and one over parts of words.

    Weights are (1 + log tf) * (1 + log((1 + n) / (1 + df))); what occurs in none of the texts
    does not count.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._size = len(texts)
        documents = [_views(text) for text in texts]
        frequency = Counter(piece for views in documents for view in views for piece in view)
        self._numbers = {piece: number for number, piece in enumerate(frequency)}
        counts = np.fromiter(frequency.values(), np.float64, len(frequency))
        self._rarity: _Numbers = np.log((1 + self._size) / (1 + counts)) + 1
        self._rows, self._weights, self._ends = self._index(documents)

    def similarities(self, text: str) -> _Numbers:
        """The cosine of `text` to each of the texts, 0..1."""
        pieces, shares = self._weighted(_views(text))
        starts, sizes = self._ends[pieces], self._ends[pieces + 1] - self._ends[pieces]
        if not sizes.sum():
            return np.zeros(self._size)
        # The places of all rows in which any piece occurs: each piece has its own stretch of them.
        ahead = np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
        places = ahead + np.arange(len(ahead))
        weights = self._weights[places] * np.repeat(shares, sizes)
        cosines: _Numbers = np.bincount(self._rows[places], weights, self._size) / 2
        return cosines

    def _index(
        self, documents: Sequence[tuple[Pieces, Pieces]]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.intp]]:
        """The rows in which each piece occurs, with what it weighs there, piece after piece.

        Those of piece n stand from the n-th to the next of the ends that come last.
        """
        found = [self._weighted(views) for views in documents]
        pieces = np.concatenate([pieces for pieces, _ in found]) if found else np.empty(0, np.intp)
        weights = np.concatenate([weights for _, weights in found]) if found else np.empty(0)
        rows = np.repeat(np.arange(len(found)), [len(pieces) for pieces, _ in found])
        order = np.argsort(pieces, kind="stable")
        ends = np.searchsorted(pieces[order], np.arange(len(self._numbers) + 1))
        return rows[order].astype(np.int32), weights[order].astype(np.float32), ends

    def _weighted(self, views: Iterable[Pieces]) -> tuple[NDArray[np.intp], _Numbers]:
        """The known pieces of both views by number, each view's squared weights summing to 1."""
        both = [self._unit(view) for view in views]
        return np.concatenate([pieces for pieces, _ in both]), np.concatenate([w for _, w in both])

    def _unit(self, view: Pieces) -> tuple[NDArray[np.intp], _Numbers]:
        found = np.fromiter(map(self._numbers.get, view, repeat(-1)), np.intp, len(view))
        known = found >= 0
        pieces = found[known]
        counts = np.fromiter(view.values(), np.float64, len(view))[known]
        weights: _Numbers = (1 + np.log(counts)) * self._rarity[pieces]
        return pieces, weights / (np.sqrt(weights @ weights) or 1.0)


def _views(text: str) -> tuple[Pieces, Pieces]:
    """The text as words and word pairs, and as parts of words; a mark keeps the two apart."""
    lower = text[:MAX_CHARACTERS].lower()
    words = [f"={word}" for word in WORD.findall(lower)]
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    return Counter([*words, *pairs]), _parts(lower)


def _parts(lower: str) -> Pieces:
    return Counter([part for word in lower.split() for part in _parts_of(word)])


def _parts_of(word: str) -> tuple[str, ...]:
    return (_remembered if len(word) <= LONGEST_REMEMBERED else _cut)(word)


def _cut(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    size = len(padded)
    return tuple(
        padded[at : at + long]
        for long in range(SHORTEST, min(LONGEST, size) + 1)
        for at in range(size - long + 1)
    )


_remembered = lru_cache(REMEMBERED)(_cut)
