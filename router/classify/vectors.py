"""Keeps the vectors of training rows, so that a start encodes only what is new.

One file a model, named by the model's digest; a vector is found by the SHA-256 of its text.
"""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from router.ports import Encoder, Vectors

KEPT = 5_000
"""So many vectors are kept at most (8 MB); those not in use go first."""

log = logging.getLogger(__name__)


def text_digest(text: str) -> str:
    """SHA-256 of a text, as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def stored_vectors(
    encoder: Encoder, texts: Sequence[str], cache: Path | None, kept: int = KEPT
) -> Vectors:
    """Vectors of `texts`, read from the folder `cache` where they are known, else made and kept.

    A folder that cannot be read or written only costs time.
    """
    if cache is None:
        return encoder.encode(texts)
    path = cache / f"vectors-{encoder.digest[:16]}.npz"
    known = _read(path)
    digests = [text_digest(text) for text in texts]
    new = {d: t for d, t in zip(digests, texts, strict=True) if d not in known}
    if new:
        known |= dict(zip(new, encoder.encode(list(new.values())), strict=True))
        _write(path, {digest: known[digest] for digest in dict.fromkeys([*digests, *known])}, kept)
    return np.stack([known[digest] for digest in digests])


def _read(path: Path) -> dict[str, Vectors]:
    try:
        with np.load(path, allow_pickle=False) as file:
            return dict(zip(file["digests"].tolist(), file["vectors"], strict=True))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.warning("%s cannot be read and is made again: %s", path, error)
        return {}


def _write(path: Path, vectors: dict[str, Vectors], most: int) -> None:
    kept = list(vectors.items())[:most]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent) as folder:
            made = Path(folder) / path.name
            np.savez(made, digests=[d for d, _ in kept], vectors=np.stack([v for _, v in kept]))
            made.replace(path)
    except OSError as error:
        log.warning("Vectors cannot be kept in %s: %s", path, error)
