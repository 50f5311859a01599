"""Vectors of what the articles say, computed once: encoding takes seconds, reading milliseconds.

A vector belongs to the SHA-256 of its text and to the model's digest, so a changed sentence or
another model is encoded anew and nothing else is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from router.classify.vectors import stored_vectors
from router.ports import PartEncoder, Vectors

KEPT = 200_000
"""So many vectors of one collection are kept on disk (300 MB): more than `MOST` articles have."""


class StoredVectors:
    """An encoder that remembers the texts it has learnt, and asks another one about the rest.

    `folder` is where vectors are kept between runs; without one they last as long as this object.
    Learn before several threads encode; encoding is safe from any thread.
    """

    def __init__(self, encoder: PartEncoder, folder: Path | None = None) -> None:
        self._encoder = encoder
        self._folder = folder
        self._known: dict[bytes, NDArray[np.float32]] = {}

    @property
    def name(self) -> str:
        """Which model this is."""
        return self._encoder.name

    @property
    def digest(self) -> str:
        """SHA-256 of the model file."""
        return self._encoder.digest

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts`; the learnt ones cost nothing."""
        if not texts:
            return self._encoder.encode([])
        vectors = [self._known.get(_key(text)) for text in texts]
        absent = [text for text, vector in zip(texts, vectors, strict=True) if vector is None]
        encoded = iter(self._encoder.encode(absent))
        return np.stack([next(encoded) if vector is None else vector for vector in vectors])

    def encode_parts(self, whole: str, parts: Sequence[str]) -> Vectors:
        """Vectors of the parts of a text that nobody has learnt."""
        return self._encoder.encode_parts(whole, parts)

    def learn(self, collection: str, texts: Sequence[str]) -> None:
        """Know `texts` from now on; each `collection` has a file of its own in the folder."""
        texts = list(dict.fromkeys(texts))
        if not texts:
            return
        name = hashlib.sha256(collection.encode()).hexdigest()[:16]
        cache = self._folder / "knowledge" / name if self._folder is not None else None
        vectors = stored_vectors(self._encoder, texts, cache, kept=KEPT)
        self._known.update(zip(map(_key, texts), vectors, strict=True))


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]
