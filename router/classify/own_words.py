"""Keeps what somebody wrote out of the words that a model adds to the record.

A decision goes into the audit trail as it is and can never be erased. So of a model's sentence only
those are kept whose words are its own or the plugins': none that the message brought along.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 160
"""Characters of a sentence."""
_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_SHORTEST = 4
"""Shorter words name nobody: "and", "the", "how"."""


class OwnWords:
    """Knows the words that the desk itself uses."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._ours = frozenset(word for text in texts for word in _words(text))

    def keep(self, sentence: str, message: str) -> str:
        """The sentence, or nothing if it repeats what only the message says or is too long."""
        sentence = " ".join(sentence.split())
        if len(sentence) > LONGEST or _DIGIT.search(sentence) or "@" in sentence:
            return ""
        taken = _words(sentence) & _words(message) - self._ours
        return "" if any(len(word) >= _SHORTEST for word in taken) else sentence


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
