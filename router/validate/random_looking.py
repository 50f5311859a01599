"""Telling keys from words: strings that look as if nobody had made them up by hand."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

SHORTEST = 16
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9][A-Za-z0-9_+/=.~|-]{14,}")
_SEGMENT = re.compile(r"[A-Za-z0-9]+")
TOGETHER = 24
_MOST_RUNS = 4
_LEAST_DIGITS = 2
_BITS = 3.0
_CHANGES = 5


def random_tokens(text: str) -> list[str]:
    """The strings in `text` that look random: long, mixed, and without repetition.

    A string counts where one unbroken run in it has 16 letters and digits or more, of which the
    kind (lower case, upper case, digit) changes at least five times, with 3 bits of entropy a
    character or more; or where several shorter runs together do.
    """
    return [match.group() for match in _TOKEN.finditer(text) if is_random(match.group())]


def is_random(token: str) -> bool:
    """Whether the string looks random, see `random_tokens`."""
    runs: list[str] = _SEGMENT.findall(token)
    mixed = [run for run in runs if not _is_word(run)]
    longest = max(mixed, key=len, default="")
    together = "".join(mixed)
    return _is_mixed(longest, SHORTEST) or (
        len(mixed) <= _MOST_RUNS and _is_mixed(together, TOGETHER)
    )


def _is_mixed(run: str, shortest: int) -> bool:
    digits = sum(character.isdigit() for character in run)
    return (
        len(run) >= shortest
        and digits >= _LEAST_DIGITS
        and digits < len(run)
        and _changes(run) >= _CHANGES
        and entropy(run) >= _BITS
    )


def _is_word(run: str) -> bool:
    """A word or a number, perhaps with a capital: people write these."""
    return run.isdigit() or (run.isalpha() and run[1:] in {run[1:].lower(), run[1:].upper()})


def _kind(character: str) -> str:
    return "digit" if character.isdigit() else "upper" if character.isupper() else "lower"


def _changes(run: str) -> int:
    return sum(_kind(first) != _kind(second) for first, second in pairwise(run))


def entropy(text: str) -> float:
    """Shannon entropy of the characters, in bits a character."""
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in Counter(text).values()) if size else 0.0
