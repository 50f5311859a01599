"""Turns texts into vectors with MiniLM on onnxruntime, on one thread.

Texts are encoded one at a time: the fast file scales its numbers by what is in the batch, so that
in a batch the same text would get a slightly different vector each time, and a decision could not
be repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from router.classify.model_file import ModelFile, fast_model, packaged_model
from router.classify.tokens import Tokenizer
from router.ports import Vectors

DIMENSION = 384
MAX_CHARACTERS = 2_000
"""Longer texts are cut before they are tokenised: the model sees no more of them anyway."""
MAX_TOKENS = 128
"""The length that the model was trained on."""
REMEMBERED = 2_048
"""So many vectors are kept (3 MB)."""
LATELY = 48
"""Of so many texts it is kept what was made of each token (2 MB as a rule, at most 10)."""

_Numbers = NDArray[np.float32]


class MiniLmEncoder:
    """all-MiniLM-L6-v2: a sentence becomes 384 numbers; what means the same lies close together.

    English only, and only the first 128 tokens of a text count. Safe to use from several threads.
    """

    def __init__(self, model: ModelFile) -> None:
        self.name = model.name
        self.digest = model.digest
        self._tokens = Tokenizer()
        self._session = _session(model.path)
        self._remembered = lru_cache(REMEMBERED)(self._vector)
        self._read_lately = lru_cache(LATELY)(self._read)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts`, shape (len(texts), 384), float32, unit length."""
        if not texts:
            return np.empty((0, DIMENSION), np.float32)
        return np.stack([self._remembered(text[:MAX_CHARACTERS]) for text in texts])

    def encode_parts(self, whole: str, parts: Sequence[str]) -> Vectors:
        """Vectors of the parts of a text, read in the light of the rest of it.

        The whole is read once, and a part is the mean of its tokens there ("late chunking",
        arXiv:2409.04701). A part that is not found, as it is beyond the 128th token, is read alone.
        """
        whole = whole[:MAX_CHARACTERS]
        return np.stack([self._part(whole, part[:MAX_CHARACTERS]) for part in parts])

    def _part(self, whole: str, part: str) -> _Numbers:
        if part == whole:
            return self._remembered(whole)
        ids, states = self._read_lately(whole)
        place = _place(ids, self._tokens(part, MAX_TOKENS)[1:-1])
        return self._remembered(part) if place is None else _mean(states[place])

    def _vector(self, text: str) -> _Numbers:
        return _mean(self._read_lately(text)[1])

    def _read(self, text: str) -> tuple[list[int], _Numbers]:
        """The tokens of a text, and what the model makes of each."""
        tokens = self._tokens(text, MAX_TOKENS)
        ids = np.array([tokens], np.int64)
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        (states,) = self._session.run(["last_hidden_state"], given)
        return tokens, states[0]


def load_encoder(cache: Path | None, fast: bool = True) -> MiniLmEncoder:
    """The encoder, on the fast model file in the folder `cache` if there is or can be one.

    Without a folder, or with `fast` false, it runs the packaged file.

    Raises:
        UnknownModelError: the packaged file is not the expected one.
    """
    made = fast_model(cache) if fast and cache is not None else None
    return MiniLmEncoder(made or packaged_model())


def _mean(states: _Numbers) -> _Numbers:
    mean: _Numbers = states.mean(axis=0)
    return mean / np.float32(max(float(np.linalg.norm(mean)), 1e-9))


def _place(ids: Sequence[int], part: Sequence[int]) -> slice | None:
    """Where the tokens of a part stand among all, None if they do not."""
    size = len(part)
    starts = range(1, len(ids) - size) if size else ()
    found = (slice(at, at + size) for at in starts if ids[at : at + size] == part)
    return next(found, None)


def _session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
