from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.classify.clean import MAX_CHARACTERS, clean, sentences

WORD = re.compile(r"\w+")
PIECES = st.sampled_from(
    [
        "My invoice is wrong.",
        "Hi team,",
        "<@U123ABC>",
        "<https://example.org/a|the page>",
        ":tada:",
        "&amp;",
        "\n",
        "> quoted words",
        "*bold*",
        "Can you help?",
        "Thanks!",
        "e.g. this",
        "Best regards",
        "\u200d",
        "\N{PARTY POPPER}",
    ]
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<@U02ABC> my invoice is wrong :cry:", "my invoice is wrong"),
        ("see <#C01|billing-help> please", "see billing-help please"),
        ("the <https://example.org/x|status page> is down", "the status page is down"),
        ("it says <https://example.org/x> is gone", "it says is gone"),
        ("R&amp;D cannot log in &lt;again&gt;", "R&D cannot log in <again>"),
        ("this is *really* _slow_", "this is really slow"),
        ("Hi team, my invoice is wrong. Thanks in advance!", "my invoice is wrong."),
        ("Dear Support,\nthe export fails.\nKind regards,\nAnna", "the export fails."),
        ("Hello Sam! I hope you are well. Where is my receipt?", "Where is my receipt?"),
        ("> you wrote this\nthat did not help", "that did not help"),
        ("it fails\n```Traceback: x```", "it fails"),
    ],
)
def test_marks_and_courtesies_are_taken_off(written: str, meant: str) -> None:
    assert clean(written) == meant


def test_quoted_mail_below_a_reply_is_not_read() -> None:
    mail = (
        "It still fails.\nWhat else can I try?\n\n"
        "On Mon, 2 Feb 2026 at 10:00, Desk <desk@example.org> wrote:\n"
        "Please send us your invoice number.\n"
    )
    assert "invoice" not in clean(mail)
    assert "What else can I try?" in clean(mail)


def test_message_that_is_only_a_quotation_counts() -> None:
    assert clean("> my invoice is wrong") == "my invoice is wrong"


@pytest.mark.parametrize("odd", ["", "   ", "\0\0", "\N{PARTY POPPER}\ufe0f", ":tada: <@U1>"])
def test_nothing_written_cleans_to_nothing(odd: str) -> None:
    assert clean(odd) == ""


def test_huge_text_is_cut() -> None:
    assert len(clean("word " * 100_000)) <= MAX_CHARACTERS


@given(st.lists(PIECES | st.text(max_size=30), max_size=8).map(" ".join))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(max_size=200))
def test_sentences_lose_no_word(text: str) -> None:
    cleaned = clean(text)
    assert WORD.findall(" ".join(sentences(cleaned))) == WORD.findall(cleaned)


def test_abbreviations_do_not_end_a_sentence() -> None:
    assert sentences("Some files, e.g. PDFs, fail. Why?") == (
        "Some files, e.g. PDFs, fail.",
        "Why?",
    )
