"""How much of a question's wording a passage has: BM25, as a share of the most it could be.

Libraries for BM25 give sums that only rank: a high one may come from a long question. Here words
that no passage has count against all of them, so that the share says how well something fits.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from router.stems import stem

SATURATION, LENGTH_WEIGHT = 1.2, 0.75
"""BM25's k1 and b: the usual values (Robertson and Zaragoza 2009, section 3.5)."""
UNKNOWN_WORDS = 2
"""Every question counts as if it had so many more words that are found nowhere: otherwise
a question of two common words would fit anything perfectly."""
_SMALL = (
    "a about after all also although am an and any are as at be because been before being "
    "both but by can could did do does doesn don for from get got had has have having he "
    "hello her here hi him his how i if im in into is isn it its just ll may me might "
    "must my no nor not now of ok on once or our ours out please s shall she should so "
    "some such t than thank thanks that the their them then there these they this those "
    "to too until up us ve very was we were what when where whether which while who whom "
    "whose why will with would yes yet you your yours"
)
FUNCTION_WORDS = frozenset(_SMALL.split())
"""Words that say how something is asked, not what about; they are rare in articles, so that they
would weigh most."""
_CODE = re.compile(
    r"(?<![\w-])(?=[\w-]*\d)(?:[^\W_]+(?:[-_][^\W_]+)+|\d{3,}|[^\W\d_]+\d+)(?![\w-])"
    r"|(?<!\w)[^\W_]+(?:_[^\W_]+)+(?!\w)"
)
_WORD = re.compile(r"[^\W_]+")

Scores = NDArray[np.float64]


def terms(text: str) -> list[str]:
    """The stems of a text's words in lower case, without function words."""
    words = _WORD.findall(text.lower())
    return [stem(word) for word in words if word not in FUNCTION_WORDS]


def codes(text: str) -> frozenset[str]:
    """What names one thing exactly: error codes, status numbers, field names; in lower case."""
    return frozenset(code.lower() for code in _CODE.findall(text))


class TermIndex:
    """The words of a fixed list of texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(terms(text)) for text in texts]
        lengths = [sum(count.values()) for count in counts]
        mean = sum(lengths) / max(len(lengths), 1) or 1.0
        entries: dict[str, list[tuple[int, float]]] = {}
        for row, (count, length) in enumerate(zip(counts, lengths, strict=True)):
            damping = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length / mean)
            for term, times in count.items():
                entries.setdefault(term, []).append((row, times / (times + damping)))
        self._size = len(texts)
        self._postings = {term: _arrays(found) for term, found in entries.items()}
        self._rarest = self._rarity(0)

    def shares(self, question: str) -> Scores:
        """For each text the share of the question's wording that it has, 0..1."""
        found = np.zeros(self._size)
        most = UNKNOWN_WORDS * self._rarest
        for term in sorted(set(terms(question))):
            if term not in self._postings:
                most += self._rarest
                continue
            rows, weights = self._postings[term]
            rarity = self._rarity(len(rows))
            found[rows] += rarity * weights
            most += rarity
        return found / most

    def _rarity(self, texts_with_it: int) -> float:
        return math.log(1 + (self._size - texts_with_it + 0.5) / (texts_with_it + 0.5))


def _arrays(found: Sequence[tuple[int, float]]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    return np.array([row for row, _ in found]), np.array([weight for _, weight in found])
