from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from router.ports import Vectors
from router.validate.grounding import Grounding
from tests.router.validate.drafts import SOURCE, TEXT, VERBATIM, codes, draft

CHECK = Grounding()


class Alike:
    """An encoder that finds all texts alike, or none."""

    name, digest = "alike", ""

    def __init__(self, alike: bool) -> None:
        self.alike = alike

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.eye(2, dtype=np.float32)[[0, 0 if self.alike else 1]]


@pytest.mark.parametrize(
    "text",
    [
        VERBATIM,
        TEXT,
        f"Hello! Here is what I found:\n\n> {VERBATIM}\n\nSource: Refund rules ({SOURCE})",
        f"1. {VERBATIM}\n2. Months that have started are not refunded, except when a billing error "
        "caused the charge.\n\nHope that helps!",
        f"*{VERBATIM}*\n_Source:_ <{SOURCE}|Refund rules>",
        f"{VERBATIM} [Refund rules]({SOURCE})\n\nIs there anything else I can help you with?",
        "You can make a request within 14 days of the first purchase.",
        "Only owners and billing admins can open Settings → Billing → Invoices.",
        "Thanks for reaching out. I'm sorry for the trouble.",
    ],
)
def test_covered_reply_passes(text):
    assert codes(CHECK, draft(text)) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A request can be made within 30 days of the first purchase.", "number"),
        ("A request can be made within fourteen weeks of the first purchase.", "number"),
        ("A request cannot be made within 14 days of the first purchase.", "negation"),
        ("A request can't be made within 14 days of the first purchase.", "negation"),
        ("Months that have started are refunded.", "negation"),
        ("A request can always be made within 14 days of the first purchase.", "strict"),
        ("Every owner and billing admin can open Settings → Billing → Invoices.", "strict"),
        ("A request can be made to Stripe within 14 days of the first purchase.", "name"),
        ("Yes.", "uncovered"),
        ("It is what you have.", "empty"),
        ("Dinosaurs roamed the continents long ago.", "uncovered"),
    ],
)
def test_uncovered_sentence_is_named_by_its_number(text, code):
    found = CHECK.check(draft(f"{VERBATIM} {text}"))
    assert [o.code for o in found.objections] == [f"grounding.{code}"]
    assert "Sentence 2" in found.objections[0].message
    assert found.score_bp == 5_000


def test_words_from_far_apart_do_not_cover_a_sentence():
    text = "Owners and admins are refunded the first purchase within Settings."
    assert codes(CHECK, draft(text)) == ["grounding.uncovered"]


def test_reply_without_citations_is_covered_by_nothing():
    assert codes(CHECK, draft(citations=())) == ["grounding.uncovered"]


def test_question_and_notice_need_no_source():
    assert codes(CHECK, draft("Which invoice do you mean?", "question")) == []
    assert codes(CHECK, draft("Somebody has to look at dinosaurs.", "notice")) == []


def test_objection_never_repeats_the_draft():
    found = CHECK.check(draft("Dinosaurs roamed the continents."))
    assert "inosaur" not in found.objections[0].message


@pytest.mark.parametrize("alike", [True, False])
def test_encoder_lets_a_paraphrase_pass_only_where_it_finds_it_alike(alike):
    text = "A claim is possible within 14 days of the first purchase."
    expected = [] if alike else ["grounding.uncovered"]
    assert codes(Grounding(Alike(alike)), draft(text)) == expected


def test_encoder_does_not_excuse_a_wrong_number():
    text = "Within 30 days of the first purchase, a request can be made."
    assert codes(Grounding(Alike(True)), draft(text)) == ["grounding.number"]
