"""The stems of words: "charged" and "charges" are the same word."""

from __future__ import annotations

import threading
from functools import lru_cache

from snowballstemmer import stemmer

_THREAD = threading.local()
"""The stemmer keeps state while it works, so each thread has its own; making one is slow."""


@lru_cache(50_000)
def stem(word: str) -> str:
    """The stem of one English word in lower case."""
    own = getattr(_THREAD, "stemmer", None)
    if own is None:
        own = _THREAD.stemmer = stemmer("english")
    return str(own.stemWord(word))
