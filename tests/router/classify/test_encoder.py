from __future__ import annotations

import numpy as np
import pytest

from router.classify.encoder import MiniLmEncoder

WHOLE = "My invoice is wrong. Where do I change the VAT number? The app crashes too."
PARTS = ["My invoice is wrong.", "Where do I change the VAT number?", "The app crashes too."]


def test_parts_in_context_stay_close_to_what_they_mean_alone(encoder: MiniLmEncoder) -> None:
    alike = encoder.encode_parts(WHOLE, PARTS) @ encoder.encode(PARTS).T
    assert alike.argmax(axis=1).tolist() == [0, 1, 2]
    assert np.allclose(np.linalg.norm(encoder.encode_parts(WHOLE, PARTS), axis=1), 1, atol=1e-5)


def test_parts_are_read_in_their_context(encoder: MiniLmEncoder) -> None:
    alone = encoder.encode(PARTS)
    assert not np.allclose(encoder.encode_parts(WHOLE, PARTS), alone, atol=0.01)


def test_the_whole_is_the_same_as_ever(encoder: MiniLmEncoder) -> None:
    assert np.array_equal(encoder.encode_parts(WHOLE, [WHOLE]), encoder.encode([WHOLE]))


@pytest.mark.parametrize("part", ["This stands nowhere.", "The last sentence of a long letter."])
def test_what_is_not_found_is_read_alone(encoder: MiniLmEncoder, part: str) -> None:
    letter = "So much happened on that day. " * 30 + "The last sentence of a long letter."
    assert np.array_equal(encoder.encode_parts(letter, [part]), encoder.encode([part]))


def test_reading_again_gives_the_same(encoder: MiniLmEncoder) -> None:
    first = encoder.encode_parts(WHOLE, PARTS)
    for n in range(60):
        encoder.encode([f"another text, number {n}"])
    assert np.array_equal(encoder.encode_parts(WHOLE, PARTS), first)
