import pytest

from router.answer.knowledge.terms import TermIndex, codes, terms


def test_forms_of_a_word_meet() -> None:
    assert len(set(terms("Charges CHARGED charge charging"))) == 1
    assert len(set(terms("copied, copies, copy"))) == 1


def test_words_that_only_say_how_something_is_asked_do_not_count() -> None:
    assert terms("How do I get the invoice?") == terms("invoice")


def test_share_grows_with_the_wording_that_a_text_has() -> None:
    index = TermIndex(["refund of the plan", "refund", "garden"])
    full, half, none = index.shares("refund plan")
    assert 1 > full > half > none == 0


def test_unknown_words_count_against_all_texts() -> None:
    index = TermIndex(["refund of the plan", "garden"])
    assert index.shares("refund zebra giraffe")[0] < index.shares("refund")[0]


@pytest.mark.parametrize("question", ["", "!!!", "🙂"])
def test_nothing_to_look_for_is_a_share_of_nothing(question: str) -> None:
    assert TermIndex(["refund"]).shares(question).tolist() == [0.0]
    assert TermIndex([]).shares(question).tolist() == []


def test_codes_are_what_names_one_thing_exactly() -> None:
    assert codes("SSO-102 and 404 with rate_limited, QL-2026-01, in 10 days at 9:30") == {
        "sso-102",
        "404",
        "rate_limited",
        "ql-2026-01",
    }
