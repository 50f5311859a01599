"""The lint finds specialists that get in each other's way, and leaves good neighbours alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from router.classify.embedded import EmbeddedRouter
from router.classify.encoder import MiniLmEncoder
from router.classify.lint import SAME_FIELD, SAME_MESSAGE, Concern, concerns
from router.classify.profiles import Profile, profile_of
from tests.router.classify.desk import SPECIALISTS

DESK = [profile_of(one) for one in SPECIALISTS]
BILLING = DESK[0]


def found(encoder: MiniLmEncoder, profiles: Sequence[Profile]) -> tuple[Concern, ...]:
    return concerns(profiles, EmbeddedRouter(encoder, profiles).report(), encoder)


def test_good_neighbours_give_no_concern(encoder: MiniLmEncoder) -> None:
    assert found(encoder, DESK) == ()


def test_two_of_the_same_field_are_named_with_figures(encoder: MiniLmEncoder) -> None:
    twin = replace(BILLING, name="money", handles=BILLING.handles.replace("Invoices", "Bills"))
    concern, *more = found(encoder, [*DESK, twin])
    assert (concern.code, concern.specialist, concern.other) == ("same_field", "billing", "money")
    assert concern.figure > SAME_FIELD
    assert f"{concern.figure:.2f}" in concern.message
    assert {one.code for one in more} == {"same_message", "examples_astray"}


def test_message_that_two_claim_is_quoted(encoder: MiniLmEncoder) -> None:
    claims = replace(
        DESK[1], examples=(*DESK[1].examples, "where can I download the invoice of last month?")
    )
    (concern,) = found(encoder, [BILLING, claims, DESK[2]])
    assert concern.code == "same_message"
    assert concern.figure > SAME_MESSAGE
    assert concern.examples == (
        "Where can I download last month's invoice?",
        "where can I download the invoice of last month?",
    )
    assert "counter-example" in concern.suggestion


def test_examples_of_somebody_elses_field_are_astray(encoder: MiniLmEncoder) -> None:
    lost = replace(
        DESK[1],
        examples=(
            *DESK[1].examples[:8],
            "my card statement shows your company twice",
            "how do I pay by invoice instead of card",
            "refund the seats that we did not use",
            "cancel the yearly plan and give the money back",
        ),
    )
    astray = [one for one in found(encoder, [BILLING, lost]) if one.code == "examples_astray"]
    (concern,) = astray
    assert (concern.specialist, concern.other) == ("technical", "billing")
    assert concern.figure > 0.2
    assert "refund the seats that we did not use" in concern.examples


def test_thin_specialist_is_told_what_to_add(encoder: MiniLmEncoder) -> None:
    thin = Profile("thin", "Thin", "the canteen's menu", ("what is for lunch today",))
    codes = {one.code: one for one in found(encoder, [*DESK, thin]) if one.specialist == "thin"}
    assert (codes["thin_description"].figure, codes["few_examples"].figure) == (3, 1)


def test_a_desk_of_one_or_of_nobody_has_no_rivals(encoder: MiniLmEncoder) -> None:
    assert found(encoder, [BILLING]) == ()
    assert found(encoder, []) == ()


def test_confusion_has_the_scores_that_led_to_it(encoder: MiniLmEncoder) -> None:
    twin = replace(BILLING, name="money")
    report = EmbeddedRouter(encoder, [BILLING, twin]).report()
    assert report.confusions
    assert all(one.other >= one.own for one in report.confusions)
