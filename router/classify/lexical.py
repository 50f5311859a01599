"""How alike two texts are by their letters: tf-idf over words, word pairs and parts of words.

The encoder reads meaning and misses rare names, codes and product words; this finds just those.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

WORD = re.compile(r"\w+")
SHORTEST, LONGEST = 2, 5
MAX_CHARACTERS = 2_000

Posting = tuple[NDArray[np.intp], NDArray[np.float64]]


class Lexical:
    """Cosines to a fixed list of texts, the mean of one over words and one over parts of words.

    Weights are (1 + log tf) * (1 + log((1 + n) / (1 + df))); what occurs in none of the texts
    does not count.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        documents = [(_words(text), _parts(text)) for text in texts]
        self._views = [_View([document[view] for document in documents]) for view in (0, 1)]

    def similarities(self, text: str) -> NDArray[np.float64]:
        """The cosine of `text` to each of the texts, 0..1."""
        words, parts = self._views
        return 0.5 * (words.cosines(_words(text)) + parts.cosines(_parts(text)))


class _View:
    """One way of cutting texts up, with a posting list a piece."""

    def __init__(self, documents: Sequence[Counter[str]]) -> None:
        self._size = len(documents)
        frequency = Counter(piece for document in documents for piece in document)
        self._rarity = {
            piece: math.log((1 + self._size) / (1 + count)) + 1
            for piece, count in frequency.items()
        }
        self._postings = self._index(documents)

    def cosines(self, document: Counter[str]) -> NDArray[np.float64]:
        weights = self._weights(document)
        if not weights:
            return np.zeros(self._size)
        found = [self._postings[piece] for piece, _ in weights]
        rows = np.concatenate([rows for rows, _ in found])
        shares = np.concatenate(
            [own * weight for (_, own), (_, weight) in zip(found, weights, strict=True)]
        )
        cosines: NDArray[np.float64] = np.bincount(rows, shares, self._size).astype(np.float64)
        return cosines

    def _index(self, documents: Sequence[Counter[str]]) -> dict[str, Posting]:
        entries: dict[str, list[tuple[int, float]]] = {piece: [] for piece in self._rarity}
        for row, document in enumerate(documents):
            for piece, weight in self._weights(document):
                entries[piece].append((row, weight))
        return {
            piece: (np.array([row for row, _ in found]), np.array([w for _, w in found]))
            for piece, found in entries.items()
        }

    def _weights(self, document: Counter[str]) -> list[tuple[str, float]]:
        known = [
            (piece, (1 + math.log(count)) * self._rarity[piece])
            for piece, count in document.items()
            if piece in self._rarity
        ]
        length = math.sqrt(sum(weight * weight for _, weight in known)) or 1.0
        return [(piece, weight / length) for piece, weight in known]


def _words(text: str) -> Counter[str]:
    words = WORD.findall(text[:MAX_CHARACTERS].lower())
    pairs = (f"{first} {second}" for first, second in pairwise(words))
    return Counter(words) + Counter(pairs)


def _parts(text: str) -> Counter[str]:
    parts: Counter[str] = Counter()
    for word in text[:MAX_CHARACTERS].lower().split():
        padded = f" {word} "
        longest = min(LONGEST, len(padded))
        for size in range(SHORTEST, longest + 1):
            parts.update(padded[at : at + size] for at in range(len(padded) - size + 1))
    return parts
