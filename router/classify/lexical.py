"""How alike two texts are by their letters: tf-idf over words, word pairs and parts of words.

The encoder reads meaning and misses rare names, codes and product words; this finds just those.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

WORD = re.compile(r"\w+")
SHORTEST, LONGEST = 2, 5
MAX_CHARACTERS = 2_000
REMEMBERED, LONGEST_REMEMBERED = 2_048, 30
"""So many words' parts are kept, of words up to so many letters (3 MB as a rule, at most 14)."""

Pieces = Counter[str]


class Lexical:
    """Cosines to a fixed list of texts, the mean of one over words and one over parts of words.

    Weights are (1 + log tf) * (1 + log((1 + n) / (1 + df))); what occurs in none of the texts
    does not count.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._size = len(texts)
        documents = [_views(text) for text in texts]
        frequency = Counter(piece for views in documents for view in views for piece in view)
        self._rarity = {
            piece: math.log((1 + self._size) / (1 + count)) + 1
            for piece, count in frequency.items()
        }
        self._rows, self._weights, self._places = self._index(documents)

    def similarities(self, text: str) -> NDArray[np.float64]:
        """The cosine of `text` to each of the texts, 0..1."""
        found = self._weighted(_views(text))
        if not found:
            return np.zeros(self._size)
        places = [self._places[piece] for piece, _ in found]
        rows = np.concatenate([self._rows[place] for place in places])
        weights = np.concatenate([self._weights[place] for place in places])
        sizes = [place.stop - place.start for place in places]
        shares = weights * np.repeat([weight for _, weight in found], sizes)
        cosines: NDArray[np.float64] = np.bincount(rows, shares, self._size) / 2
        return cosines

    def _index(
        self, documents: Sequence[tuple[Pieces, Pieces]]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], dict[str, slice]]:
        """For each piece the rows it occurs in, all in one array, and its place in that."""
        entries: dict[str, list[tuple[int, float]]] = {piece: [] for piece in self._rarity}
        for row, views in enumerate(documents):
            for piece, weight in self._weighted(views):
                entries[piece].append((row, weight))
        ends = np.cumsum([len(found) for found in entries.values()]).tolist()
        places = map(slice, [0, *ends], ends)
        flat = [entry for found in entries.values() for entry in found]
        return (
            np.array([row for row, _ in flat], np.int32),
            np.array([weight for _, weight in flat], np.float32),
            dict(zip(entries, places, strict=True)),
        )

    def _weighted(self, views: Iterable[Pieces]) -> list[tuple[str, float]]:
        return [weighted for view in views for weighted in self._unit(view)]

    def _unit(self, view: Pieces) -> list[tuple[str, float]]:
        """The known pieces of one view, weighted so that their squares sum to 1."""
        rarity = self._rarity
        known = [
            (piece, rarity[piece] if count == 1 else (1 + math.log(count)) * rarity[piece])
            for piece, count in view.items()
            if piece in rarity
        ]
        length = math.sqrt(sum([weight * weight for _, weight in known])) or 1.0
        return [(piece, weight / length) for piece, weight in known]


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
