"""What another threshold would have come to: told from the record, checked against the router."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.web.console.record.what_if import STEP, WhatIf, what_if
from router.classify.bands import Choice, choose
from router.classify.intents import NOBODY, Intent
from router.classify.own_words import OwnWords
from router.classify.reading import Reading
from router.classify.settings import RoutingSettings
from router.considered import Alternative
from router.records import BASIS_POINTS, Band, DecidedBy, Decision, basis_points
from storage.people.roles import Role
from tests.bot.web.consoles import console_of

NAMES = ("billing", "product", "technical")
SHARES = st.lists(st.integers(1, 1000), min_size=1, max_size=3)
SETTINGS = st.lists(st.integers(0, 100), min_size=2, max_size=2).map(
    lambda two: RoutingSettings(go=max(two) / 100, ask=min(two) / 100)
)
INTENTS = st.builds(
    Intent,
    specialist=st.sampled_from(NAMES),
    confidence=st.integers(0, 100),
    second=st.sampled_from([*NAMES, NOBODY]),
    reason=st.just(""),
    missing=st.just([]),
)
OF_JSON = TypeAdapter(Decision)


def recorded(decision: Decision) -> Any:
    return OF_JSON.dump_python(decision, mode="json")


def shares(parts: list[int]) -> dict[str, float]:
    return {name: part / sum(parts) for name, part in zip(NAMES, parts, strict=False)}


def embedded(probabilities: dict[str, float], settings: RoutingSettings) -> Decision:
    """As the embedded router puts it on record."""
    found = choose(probabilities, settings)
    order = sorted(probabilities, key=lambda name: (-probabilities[name], name))
    figures = {name: basis_points(probabilities[name]) for name in order}
    return Decision(
        found.band,
        found.specialist,
        figures[order[0]],
        DecidedBy.EMBEDDED,
        "because",
        found.escalation,
        threshold_bp=basis_points(settings.go),
        candidates=found.candidates,
        alternatives=tuple(Alternative(one, 0, figures[one], 0) for one in order),
    )


def thresholds(other: WhatIf) -> list[float]:
    """Both ends of what is said, and one in between."""
    middle = (other.from_bp + other.to_bp) // 2
    return [one / BASIS_POINTS for one in (other.from_bp, middle, other.to_bp)]


def told(other: WhatIf) -> Choice:
    named = other.specialists
    if other.band is Band.GO:
        return Choice(Band.GO, specialist=named[0])
    return Choice(other.band, candidates=named)


@given(SHARES, SETTINGS)
def test_what_is_said_is_what_the_embedded_router_would_do(
    parts: list[int], settings: RoutingSettings
) -> None:
    other = what_if(recorded(embedded(shares(parts), settings)))
    if other is None:
        return
    for threshold in thresholds(other):
        changed = replace(settings, go=threshold, ask=min(settings.ask, threshold))
        found = choose(shares(parts), changed)
        assert replace(found, escalation=None) == told(other)


@given(SHARES, SETTINGS, INTENTS)
def test_what_is_said_is_what_the_models_answer_would_have_led_to(
    parts: list[int], settings: RoutingSettings, intent: Intent
) -> None:
    probabilities = {name: shares(parts).get(name, 0.0) for name in NAMES}
    before = embedded(probabilities, settings)
    if before.band is Band.GO:
        return  # the model is not asked
    reading = Reading(
        "x", before, dict.fromkeys(NAMES, "Title"), settings, 0, OwnWords(()), "model", ""
    )
    other = what_if(recorded(reading.decision(intent)))
    if other is None:
        return
    for threshold in thresholds(other):
        changed = replace(settings, go=threshold, ask=min(settings.ask, threshold))
        alone = choose(probabilities, changed)
        if alone.band is Band.GO:
            found = alone
        else:
            made = replace(reading, settings=changed).decision(intent)
            found = Choice(made.band, made.specialist, made.candidates)
        assert replace(found, escalation=None) == told(other)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (
            [812, 150, 38],
            "At 0.82 and above it would have been put to the router agent's language model, or "
            "without one been asked back (billing or product), as long as the ticket had a "
            "question left.",
        ),
        ([550, 300, 150], "At 0.54 and below it would have gone to billing."),
        ([401, 300, 299], "At 0.40 and below it would have gone to billing."),
    ],
)
def test_it_is_said_in_a_plain_sentence(parts: list[int], said: str) -> None:
    assert str(what_if(recorded(embedded(shares(parts), RoutingSettings())))) == said


@pytest.mark.parametrize("by", sorted(set(DecidedBy) - {DecidedBy.EMBEDDED, DecidedBy.AGENT}))
def test_what_the_threshold_had_no_part_in_has_no_other(by: DecidedBy) -> None:
    decision = replace(embedded(shares([900, 100]), RoutingSettings()), decided_by=by)
    assert what_if(recorded(decision)) is None


def test_nothing_is_said_of_certainty() -> None:
    whole = embedded({"billing": 1.0}, RoutingSettings())
    assert what_if(recorded(whole)) is None
    nearly = what_if(recorded(replace(whole, confidence_bp=BASIS_POINTS - 1)))
    assert nearly is not None
    assert (nearly.from_bp, nearly.band) == (BASIS_POINTS, Band.HUMAN)
    assert STEP == 100


async def test_the_decisions_card_says_it(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        client = await bench.enter("Ada", Role.REVIEWER)
        (decided, *_) = await bench.rows("route:decided")
        page = (await client.get(f"/entries/{decided.id}")).text
    assert "With another threshold" in page
    assert "and above it would have been" in page
