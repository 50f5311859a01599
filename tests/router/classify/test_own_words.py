from __future__ import annotations

import pytest

from router.classify.own_words import OwnWords

WORDS = OwnWords(["invoices, refunds and payments", "the requester's invoice number"])
MESSAGE = "Hello, Anna Kowalski here, my refunds to Zurich never came, card 4929"


@pytest.mark.parametrize(
    "sentence",
    ["A question about refunds.", "It is about a payment that is late.", "the invoice number"],
)
def test_the_desks_own_words_are_kept(sentence: str) -> None:
    assert WORDS.keep(sentence, MESSAGE) == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "Anna asks about refunds.",
        "KOWALSKI wants money.",
        "A transfer to zurich.",
        "The card ending in 4929.",
        "Write to a@b.example.",
        "word " * 60,
    ],
)
def test_what_the_message_brought_along_is_not(sentence: str) -> None:
    assert WORDS.keep(sentence, MESSAGE) == ""
