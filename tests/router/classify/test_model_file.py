from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from router.classify import model_file
from router.classify.encoder import MiniLmEncoder, load_encoder
from router.classify.model_file import UnknownModelError, fast_model, known_model, packaged_model
from router.classify.vectors import stored_vectors
from router.ports import Vectors

needs_onnx = pytest.mark.skipif(find_spec("onnx") is None, reason="the extra `fast` is absent")


def test_changed_model_file_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "model.onnx"
    wrong.write_bytes(b"something else")
    with pytest.raises(UnknownModelError, match="install the package"):
        known_model(wrong, "model", packaged_model().digest)


def test_without_a_folder_the_packaged_file_is_used() -> None:
    assert load_encoder(None).digest == packaged_model().digest


def test_folder_that_cannot_be_written_costs_nothing_but_speed(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    assert fast_model(in_the_way / "cache") is None


def test_without_onnx_the_packaged_file_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_file, "find_spec", lambda name: None)
    assert fast_model(tmp_path) is None


@needs_onnx
def test_fast_file_means_the_same(encoder: MiniLmEncoder) -> None:
    plain = load_encoder(None)
    texts = ["Where is my invoice?", "the app crashes", "is there a dark mode"]
    cosines = np.einsum("ij,ij->i", plain.encode(texts), encoder.encode(texts))
    assert encoder.digest != plain.digest
    assert cosines.min() > 0.97


@needs_onnx
def test_damaged_fast_file_is_made_again(
    encoder: MiniLmEncoder, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = next(cache.glob("*.onnx"))
    content = made.read_bytes()
    damaged = tmp_path / made.name
    damaged.write_bytes(b"damaged")
    damaged.with_suffix(".sha256").write_text(encoder.digest)
    monkeypatch.setattr(model_file, "_quantise", lambda source, target: target.write_bytes(content))
    again = fast_model(tmp_path)
    assert again is not None
    assert again.digest == encoder.digest
    assert damaged.read_bytes() == content


class CountingEncoder:
    name, digest = "counting", "c" * 64

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return np.array([[len(text), 1.0] for text in texts], np.float32)


def test_known_vectors_are_not_made_again(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    first = stored_vectors(encoder, ["a", "bb"], tmp_path)
    second = stored_vectors(encoder, ["bb", "ccc", "a"], tmp_path)
    assert encoder.encoded == ["a", "bb", "ccc"]
    assert np.array_equal(second[[2, 0]], first)


def test_damaged_vector_file_is_made_again(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    stored_vectors(encoder, ["a"], tmp_path)
    next(tmp_path.glob("vectors-*")).write_bytes(b"damaged")
    assert stored_vectors(encoder, ["a"], tmp_path).tolist() == [[1.0, 1.0]]
