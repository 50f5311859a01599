from pathlib import Path

import numpy as np
import pytest

from router.answer.knowledge.vectors import StoredVectors
from tests.router.answer.knowledge.parts import WordEncoder


def test_learnt_texts_are_not_encoded_again_after_a_restart(tmp_path: Path) -> None:
    first = StoredVectors(WordEncoder(), tmp_path)
    first.learn("billing", ["one", "two", "one"])
    later = WordEncoder()
    second = StoredVectors(later, tmp_path)
    second.learn("billing", ["two", "one", "three"])
    assert later.encoded == ["three"]
    assert np.array_equal(second.encode(["one", "two"]), first.encode(["one", "two"]))
    assert later.encoded == ["three"]


def test_unknown_texts_are_encoded_in_their_places() -> None:
    stored = StoredVectors(WordEncoder())
    stored.learn("billing", ["two"])
    expected = WordEncoder().encode(["one", "two", "three"])
    assert np.array_equal(stored.encode(["one", "two", "three"]), expected)
    assert stored.encode([]).shape == (0, 64)


def test_another_model_learns_anew(tmp_path: Path) -> None:
    StoredVectors(WordEncoder(), tmp_path).learn("billing", ["one"])
    other = WordEncoder()
    other.digest = "1" * 64
    StoredVectors(other, tmp_path).learn("billing", ["one"])
    assert other.encoded == ["one"]


def test_damaged_file_only_costs_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    StoredVectors(WordEncoder(), tmp_path).learn("billing", ["one"])
    (file,) = tmp_path.rglob("*.npz")
    file.write_bytes(b"no zip")
    encoder = WordEncoder()
    StoredVectors(encoder, tmp_path).learn("billing", ["one"])
    assert encoder.encoded == ["one"]
    assert str(file) in caplog.text


def test_name_and_digest_are_the_models() -> None:
    stored = StoredVectors(WordEncoder())
    assert (stored.name, stored.digest) == ("words", "0" * 64)
