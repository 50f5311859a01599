"""What was changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
MOST_WORDS = 4_000
"""Beyond that many words the texts are shown whole: comparing them would take too long."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text: `same` in both, `gone` from the first, or `new` in the second."""

    kind: str
    text: str


def word_diff(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in reading order."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return [Piece("gone", before), Piece("new", after)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [piece for change in matcher.get_opcodes() for piece in _pieces(old, new, change)]


def line_diff(before: str, after: str) -> list[Piece]:
    """The same line by line, for what is longer than a message."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [piece for change in matcher.get_opcodes() for piece in _pieces(old, new, change)]


def _pieces(
    old: list[str], new: list[str], change: tuple[str, int, int, int, int]
) -> Iterator[Piece]:
    what, i1, i2, j1, j2 = change
    if what == "equal":
        yield Piece("same", "".join(old[i1:i2]))
        return
    if i2 > i1:
        yield Piece("gone", "".join(old[i1:i2]))
    if j2 > j1:
        yield Piece("new", "".join(new[j1:j2]))
