from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from frontdesk import EscalationReason, ModelUnavailable
from router.classify.bands import choose
from router.classify.cascade import Router, decide_embedded
from router.classify.embedded import EmbeddedRouter
from router.classify.replies import named_candidate
from router.classify.scorer import Reading, Scorer
from router.classify.settings import RoutingSettings
from router.records import Band, Conversation, DecidedBy, Decision, Matter
from tests.router.classify.desk import conversation

TITLES = {"billing": "Billing", "technical": "Technical support"}


def decided(desk: EmbeddedRouter, text: str, **known: object) -> Decision:
    (matter,) = decide_embedded(desk, conversation(text, **known))
    return matter.decision


def test_sure_goes_doubt_asks_and_nothing_goes_to_a_human() -> None:
    settings = RoutingSettings(go=0.8, ask=0.5)
    assert choose({"a": 0.85, "b": 0.1}, settings).specialist == "a"
    asked = choose({"a": 0.1, "b": 0.3, "c": 0.45}, settings)
    assert (asked.band, asked.candidates) == (Band.ASK, ("c", "b"))
    nobody = choose({"a": 0.2, "b": 0.1}, settings)
    assert (nobody.band, nobody.escalation) == (Band.HUMAN, EscalationReason.OUT_OF_SCOPE)


def test_after_three_questions_a_human_gets_it() -> None:
    found = choose({"a": 0.6, "b": 0.3}, RoutingSettings(), questions=3)
    assert (found.band, found.escalation) == (Band.HUMAN, EscalationReason.UNSURE)


def test_single_specialist_is_never_asked_about() -> None:
    found = choose({"a": 0.6}, RoutingSettings())
    assert (found.band, found.escalation) == (Band.HUMAN, EscalationReason.UNSURE)


@pytest.mark.parametrize("wrong", [{"go": 1.2}, {"ask": 0.9, "go": 0.8}, {"go_for": {"a": -1}}])
def test_impossible_thresholds_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        RoutingSettings(**wrong)


@pytest.mark.parametrize(
    "text", ["yes", "2024-001", "and how long does that take?", "it still fails", "no, the other"]
)
def test_follow_up_stays_with_the_threads_specialist(desk: EmbeddedRouter, text: str) -> None:
    decision = decided(desk, text, specialist="billing")
    assert (decision.specialist, decision.decided_by) == ("billing", DecidedBy.STICKY)
    assert len(decision.alternatives) == 3


def test_new_topic_leaves_the_threads_specialist(desk: EmbeddedRouter) -> None:
    decision = decided(desk, "the app crashes when I upload a picture", specialist="billing")
    assert (decision.specialist, decision.decided_by) == ("technical", DecidedBy.EMBEDDED)


def test_thread_of_a_removed_specialist_is_decided_anew(desk: EmbeddedRouter) -> None:
    decision = decided(desk, "where is my invoice for May?", specialist="gone")
    assert decision.specialist == "billing"


@pytest.mark.parametrize(
    ("answer", "specialist"),
    [
        ("1", "billing"),
        ("2.", "technical"),
        ("the first", "billing"),
        ("second one please", "technical"),
        ("billing", "billing"),
        ("Technical support!", "technical"),
        ("I mean billing", "billing"),
        ("it's about the invoice", "billing"),
    ],
)
def test_answer_to_a_question_picks_the_candidate(
    desk: EmbeddedRouter, answer: str, specialist: str
) -> None:
    (matter,) = decide_embedded(
        desk, conversation(answer, asked=("billing", "technical"), asked_text="My payment page")
    )
    assert matter.decision.specialist == specialist
    assert matter.decision.decided_by is DecidedBy.REPLY_TO_QUESTION
    assert matter.text == f"My payment page\n{answer}"


@pytest.mark.parametrize("answer", ["billing or technical support?", "3", "maybe", ""])
def test_answer_that_names_no_single_candidate_picks_none(answer: str) -> None:
    assert named_candidate(answer, TITLES) is None


def test_neither_candidate_goes_to_a_human(desk: EmbeddedRouter) -> None:
    decision = decided(desk, "neither of them", asked=("billing", "technical"), asked_text="Help")
    assert (decision.band, decision.escalation) == (Band.HUMAN, EscalationReason.UNSURE)


def test_other_language_goes_to_a_human_and_is_named(desk: EmbeddedRouter) -> None:
    decision = decided(desk, "Ich kann mich seit heute nicht mehr anmelden.")
    assert (decision.band, decision.language) == (Band.HUMAN, "de")
    assert decision.rules == ("language:de",)


@pytest.mark.parametrize("specialist", [None, "billing", "technical"])
def test_two_matters_are_split_with_their_own_texts_in_any_thread(
    desk: EmbeddedRouter, specialist: str | None
) -> None:
    text = "We were charged twice in October. Also, how do I export a board to CSV?"
    first, second = decide_embedded(desk, conversation(text, specialist=specialist))
    assert (first.decision.specialist, second.decision.specialist) == ("billing", "product")
    assert ("charged" in first.text, "export" in first.text) == (True, False)
    assert ("charged" in second.text, "export" in second.text) == (False, True)


@pytest.mark.parametrize(
    "text",
    [
        "We were charged twice in October. Also, the refund has not arrived. Can you check?",
        "I paid the invoice yesterday. It still says the account is blocked. Please help.",
        "How do I export a board to CSV? It has many columns. This is for our yearly report.",
        "Where is my invoice?",
    ],
)
def test_one_matter_stays_one(desk: EmbeddedRouter, text: str) -> None:
    assert [matter.text for matter in decide_embedded(desk, conversation(text))] == [text]


class Agent:
    """Decides that everything is for billing, or is not there at all."""

    def __init__(self, there: bool = True) -> None:
        self.there, self.asked = there, 0

    async def decide(
        self, conversation: Conversation, matters: tuple[Matter, ...]
    ) -> tuple[Matter, ...]:
        self.asked += 1
        if not self.there:
            raise ModelUnavailable("no key")
        decision = Decision(Band.GO, "billing", 9_000, DecidedBy.AGENT, "It is about money.")
        return tuple(Matter(matter.text, decision) for matter in matters)


@pytest.fixture
async def agent() -> Agent:
    return Agent()


@pytest.fixture
async def router(desk: EmbeddedRouter, agent: Agent) -> AsyncIterator[Router]:
    made = Router(desk, agent)
    yield made
    made.close()


async def test_agent_is_asked_only_in_doubt(router: Router, agent: Agent) -> None:
    await router.decide(conversation("Could you send me the invoice for March?"))
    assert agent.asked == 0
    (matter,) = await router.decide(conversation("something is odd with our account"))
    assert (agent.asked, matter.decision.decided_by) == (1, DecidedBy.AGENT)


async def test_without_its_model_the_embedded_decision_stands(
    router: Router, agent: Agent, desk: EmbeddedRouter
) -> None:
    agent.there = False
    asked = conversation("something is odd with our account")
    assert await router.decide(asked) == decide_embedded(desk, asked)


async def test_deciding_leaves_the_event_loop_free(router: Router) -> None:
    turns = 0

    async def tick() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    await router.decide(conversation("a new long question about exports and boards " * 20))
    ticking.cancel()
    assert turns > 5


def test_no_text_of_a_message_is_read_twice(
    desk: EmbeddedRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    unwatched = Scorer.read

    def watched(scorer: Scorer, texts: Sequence[str]) -> list[Reading]:
        read.extend(texts)
        return unwatched(scorer, texts)

    monkeypatch.setattr(Scorer, "read", watched)
    text = "How do I export board 7341 to CSV? Also, we were charged twice for seat 7341."
    matters = decide_embedded(desk, conversation(text))
    assert [matter.decision.specialist for matter in matters] == ["product", "billing"]
    assert read
    assert len(read) == len(set(read))
