from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk import EscalationReason, Specialist
from router.classify.embedded import EmbeddedRouter
from router.classify.encoder import MiniLmEncoder
from router.classify.profiles import profile_of
from router.classify.settings import RoutingSettings
from router.classify.vectors import text_digest
from router.records import BASIS_POINTS, Band
from tests.router.classify.desk import BILLING, SPECIALISTS, TECHNICAL


@pytest.mark.parametrize(
    ("text", "specialist"),
    [
        ("Could you send me the invoice for March?", "billing"),
        ("we got billed two times this month, please refund one", "billing"),
        ("the app crashes every time I upload a picture", "technical"),
        ("login says invalid password although I reset it", "technical"),
        ("how do I export my board into a spreadsheet?", "product"),
        (
            "Hi team,\n\nI hope you are well. We are a small company from Leeds and have been with "
            "you for years.\n\nWe were charged twice in November. Can you refund one of them?\n\n"
            "Kind regards,\nAnna",
            "billing",
        ),
    ],
)
def test_clear_question_goes_to_its_specialist(
    desk: EmbeddedRouter, text: str, specialist: str
) -> None:
    decision = desk.decide(text)
    assert (decision.band, decision.specialist) == (Band.GO, specialist)
    assert decision.confidence_bp >= decision.threshold_bp


@pytest.mark.parametrize(
    "text",
    [
        "will it rain in Oslo tomorrow?",
        "my dog has eaten a sock, what now",
        "which wine goes with trout",
        "who discovered penicillin?",
        "xkcd qqq zzz",
    ],
)
def test_foreign_matter_goes_to_a_human_as_out_of_scope(desk: EmbeddedRouter, text: str) -> None:
    decision = desk.decide(text)
    assert decision.band is Band.HUMAN
    assert decision.specialist is None
    assert decision.escalation is EscalationReason.OUT_OF_SCOPE


def test_decision_records_everything_considered(
    desk: EmbeddedRouter, encoder: MiniLmEncoder
) -> None:
    decision = desk.decide("Could you send me the invoice for March?")
    assert {found.specialist for found in decision.alternatives} == {
        one.name for one in SPECIALISTS
    }
    assert [bool(found.why_not) for found in decision.alternatives] == [False, True, True]
    assert sum(found.confidence_bp for found in decision.alternatives) <= BASIS_POINTS + 2
    assert decision.model_digest == encoder.digest
    assert len(decision.neighbours) == 3
    assert decision.neighbours[0].example in {text_digest(text) for text in BILLING.examples}


def test_reason_repeats_nothing_the_requester_wrote(desk: EmbeddedRouter) -> None:
    decision = desk.decide("My secret word is zanzibar and I need the invoice of March")
    assert "zanzibar" not in decision.reason
    assert "Billing" in decision.reason


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=80))
def test_any_text_gets_one_and_the_same_decision(desk: EmbeddedRouter, text: str) -> None:
    decision = desk.decide(text)
    assert decision == desk.decide(text)
    assert (decision.specialist is not None) == (decision.band is Band.GO)


@pytest.mark.parametrize("text", ["x" * 100_000, "a b " * 50_000, "\0" * 10, "\n" * 1_000])
def test_odd_text_is_decided_on(desk: EmbeddedRouter, text: str) -> None:
    assert desk.decide(text).band is not Band.GO


def test_order_of_specialists_does_not_matter(encoder: MiniLmEncoder, desk: EmbeddedRouter) -> None:
    turned = EmbeddedRouter(encoder, [profile_of(one) for one in reversed(SPECIALISTS)])
    text = "please move us to yearly payment"
    assert turned.decide(text).specialist == desk.decide(text).specialist
    assert abs(turned.decide(text).confidence_bp - desk.decide(text).confidence_bp) <= 1


def test_without_specialists_a_human_gets_it(encoder: MiniLmEncoder) -> None:
    decision = EmbeddedRouter(encoder, []).decide("Where is my invoice?")
    assert decision.escalation is EscalationReason.OUT_OF_SCOPE


def test_single_specialist_takes_its_own_and_nothing_else(
    encoder: MiniLmEncoder, cache: Path
) -> None:
    alone = EmbeddedRouter(encoder, [profile_of(BILLING)], cache=cache)
    assert alone.decide("I need the invoice for March").specialist == "billing"
    assert alone.decide("will it rain in Oslo tomorrow?").band is Band.HUMAN


def test_description_alone_is_enough_to_be_found(encoder: MiniLmEncoder, cache: Path) -> None:
    hotel = Specialist(name="travel", handles="Booking flights, hotels and trains for a trip.")
    mixed = EmbeddedRouter(encoder, [profile_of(TECHNICAL), profile_of(hotel)], cache=cache)
    assert mixed.decide("please book me a flight to Rome").alternatives[0].specialist == "travel"


def test_specialist_that_says_nothing_breaks_nothing(encoder: MiniLmEncoder, cache: Path) -> None:
    silent = profile_of(Specialist(name="archive"))
    desk = EmbeddedRouter(encoder, [profile_of(BILLING), silent], cache=cache)
    assert desk.decide("I need the invoice for March").specialist == "billing"


def test_counter_example_keeps_a_lookalike_away(encoder: MiniLmEncoder, cache: Path) -> None:
    text = "the page where we pay shows an error"
    plain = Specialist(name="billing", handles=BILLING.handles, examples=BILLING.examples)
    warned = Specialist(
        name="billing",
        handles=BILLING.handles,
        examples=BILLING.examples,
        counter_examples=("the payment page is broken", "error on the page where we pay"),
    )

    def confidence(one: Specialist) -> int:
        found = EmbeddedRouter(encoder, [profile_of(one)], cache=cache).decide(text)
        return found.alternatives[0].score_bp

    assert confidence(warned) < confidence(plain)


def test_threshold_of_one_specialist_may_differ(encoder: MiniLmEncoder, cache: Path) -> None:
    strict = EmbeddedRouter(
        encoder,
        [profile_of(one) for one in SPECIALISTS],
        RoutingSettings(go_for={"billing": 1.0}),
        cache,
    )
    decision = strict.decide("Could you send me the invoice for March?")
    assert decision.band is not Band.GO
    assert decision.threshold_bp == BASIS_POINTS


def test_report_warns_of_few_examples_and_names_confusions(
    encoder: MiniLmEncoder, desk: EmbeddedRouter, cache: Path
) -> None:
    report = desk.report()
    assert report.accuracy > 0.7
    assert all(confusion.specialist != confusion.taken_for for confusion in report.confusions)
    few = Specialist(name="few", handles="Food.", examples=("lunch?",))
    warned = EmbeddedRouter(encoder, [profile_of(few)], cache=cache).report()
    assert "few has 1 examples" in warned.specialists[0].warnings[0]


def test_vectors_have_unit_length_whatever_the_company(encoder: MiniLmEncoder) -> None:
    texts = ["Where is my invoice?", "", "x " * 3_000]
    together = encoder.encode(texts)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert all(
        np.array_equal(encoder.encode([t])[0], v) for t, v in zip(texts, together, strict=True)
    )
