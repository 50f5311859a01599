"""The router agent's model, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from frontdesk import Author, EscalationReason, FrontdeskError
from router.classify.agent import ModelRouter
from router.classify.profiles import Profile
from router.classify.settings import RoutingSettings
from router.prompts.texts import ROUTER
from router.records import Band, DecidedBy, Matter
from tests.bot.llm.helpers import HAIKU, Bench, bench
from tests.messages_api import (
    Answer,
    Fault,
    FaultScript,
    MessagesServer,
    RuleBrain,
    ScriptedBrain,
    structured,
)
from tests.messages_api.rules import quoted, system_lines
from tests.router.conversations import conversation, decided, doubtful, said

PROFILES = (
    Profile("billing", "Billing", "invoices, refunds, payments", ("Where is my refund?",)),
    Profile("technical", "Technical", "errors, crashes, sync problems", ("The app crashes",)),
)
TEXT = "My refund for Anna never came"


def intent(**changes: Any) -> dict[str, Any]:
    return {
        "text": TEXT,
        "specialist": "billing",
        "confidence": 93,
        "second": "none",
        "reason": "A question about a payment.",
        "urgency": "urgent",
        "language": "en",
        "missing": [],
        **changes,
    }


def answer(*intents: dict[str, Any]) -> Answer:
    return structured({"matters": list(intents)})


def scripted(*lines: Answer) -> MessagesServer:
    return MessagesServer(ScriptedBrain(lines))


def router(b: Bench, settings: RoutingSettings | None = None) -> ModelRouter:
    return ModelRouter(b.gateway, PROFILES, settings)


async def test_the_model_decides_and_all_it_decided_from_is_on_record() -> None:
    async with bench(scripted(answer(intent()))) as b:
        [matter] = await router(b).decide(conversation(TEXT), (doubtful(TEXT),))
    decision = matter.decision
    assert matter.text == TEXT
    assert (decision.band, decision.specialist) == (Band.GO, "billing")
    assert (decision.decided_by, decision.confidence_bp) == (DecidedBy.AGENT, 9_300)
    assert decision.reason == "Billing, 93 %: A question about a payment."
    assert (decision.urgency, decision.language) == ("urgent", "en")
    assert (decision.model, decision.model_digest) == (HAIKU, ROUTER.digest)
    assert len(decision.examples_digest) == 64
    assert decision.novelty_bp == 700
    chosen, other = decision.alternatives
    assert (chosen.specialist, chosen.why_not) == ("billing", "")
    assert (other.specialist, bool(other.why_not)) == ("technical", True)
    [call] = b.record
    assert (call.role, call.actor, call.ticket) == ("router", "agent:router", "T1")


async def test_a_model_in_doubt_leads_to_a_question_and_then_to_a_human() -> None:
    unsure = answer(intent(confidence=60, second="technical"))
    async with bench(scripted(unsure, unsure)) as b:
        [first] = await router(b).decide(conversation(TEXT), (doubtful(TEXT),))
        asked = conversation(TEXT, questions=3)
        [later] = await router(b).decide(asked, (doubtful(TEXT),))
    assert first.decision.band is Band.ASK
    assert first.decision.candidates == ("billing", "technical")
    assert first.decision.specialist is None
    assert later.decision.band is Band.HUMAN
    assert later.decision.escalation is EscalationReason.UNSURE


async def test_nobodys_matter_goes_to_a_human() -> None:
    async with bench(scripted(answer(intent(specialist="none", confidence=99)))) as b:
        [matter] = await router(b).decide(conversation(TEXT), (doubtful(TEXT),))
    assert matter.decision.band is Band.HUMAN
    assert matter.decision.escalation is EscalationReason.OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (answer(intent(specialist="refunds")), "unknown_specialist"),
        (answer(intent(second="refunds")), "unknown_specialist"),
        (answer(), "wrong_number_of_matters"),
        (answer(*[intent()] * 4), "wrong_number_of_matters"),
    ],
)
async def test_what_cannot_be_leaves_the_embedded_decision_standing(
    given: Answer, fault: str
) -> None:
    before = doubtful(TEXT)
    async with bench(scripted(given)) as b:
        [matter] = await router(b).decide(conversation(TEXT), (before,))
        assert b.server.count == 1
    assert matter.decision.rules == (f"router_agent:{fault}",)
    assert matter.decision.decided_by is DecidedBy.EMBEDDED
    assert matter.decision.band is before.decision.band


async def test_two_matters_get_their_own_part_of_the_message() -> None:
    text = "My refund never came. Also the app crashes on start."
    both = answer(
        intent(text="My refund never came."),
        intent(text="the app  crashes on start.", specialist="technical"),
    )
    async with bench(scripted(both)) as b:
        matters = await router(b).decide(conversation(text), (doubtful(text),))
    assert [m.decision.specialist for m in matters] == ["billing", "technical"]
    assert [m.text for m in matters] == ["My refund never came.", "the app  crashes on start."]


async def test_a_text_that_nobody_wrote_is_never_answered() -> None:
    text = "My refund never came. Also the app crashes on start."
    both = answer(
        intent(text="Refund 5,000 to me at once."),
        intent(text="the app crashes on start.", specialist="technical"),
    )
    async with bench(scripted(both)) as b:
        matters = await router(b).decide(conversation(text), (doubtful(text),))
    assert [m.text for m in matters] == [text, text]


async def test_what_was_sure_stays_as_it_is() -> None:
    sure = Matter("The app crashes", decided(Band.GO, "technical"))
    async with bench(scripted(answer(intent()))) as b:
        matters = await router(b).decide(conversation(TEXT), (sure, doubtful(TEXT)))
        assert [q["text"] for q in quoted(b.server.calls[0].request, "message")] == [TEXT]
    assert matters[0] is sure
    assert matters[1].decision.decided_by is DecidedBy.AGENT


async def test_what_the_requester_wrote_does_not_get_into_the_record() -> None:
    leaking = intent(reason="Anna wants her refund", missing=["Anna's card", "invoice number"])
    async with bench(scripted(answer(leaking))) as b:
        [matter] = await router(b).decide(conversation(TEXT), (doubtful(TEXT),))
    assert "Anna" not in repr(matter.decision)
    assert matter.decision.missing == ("invoice number",)


async def test_only_requester_and_staff_may_ask() -> None:
    thread = (said("Buy now!", Author.BYSTANDER),)
    lines = [answer(intent()), answer(intent())]
    async with bench(scripted(*lines)) as b:
        for author in (Author.STAFF, Author.BYSTANDER):
            message = conversation(TEXT, author=author, thread=thread)
            await router(b).decide(message, (doubtful(TEXT),))
        trust = [quoted(s.request, "message")[0]["trust"] for s in b.server.calls]
        [earlier] = quoted(b.server.calls[0].request, "earlier")
    assert trust == ["may_ask", "data_only"]
    assert earlier["trust"] == "data_only"


async def test_the_model_is_told_of_every_specialist_and_of_nobody() -> None:
    async with bench(scripted(answer(intent()))) as b:
        await router(b).decide(conversation(TEXT), (doubtful(TEXT),))
        sent = b.server.calls[0].request
    assert [line["specialist"] for line in system_lines(sent)] == ["billing", "technical"]
    assert '"billing", "technical", "none"' in str(sent).replace("'", '"')
    assert "cache_control" in sent["system"][-1]


async def test_an_outage_is_an_error_that_the_cascade_knows() -> None:
    server = MessagesServer(ScriptedBrain([]), faults=FaultScript([Fault.OVERLOADED] * 3))
    async with bench(server) as b:
        with pytest.raises(FrontdeskError):
            await router(b).decide(conversation(TEXT), (doubtful(TEXT),))


async def test_rules_can_play_the_model() -> None:
    async with bench(MessagesServer(RuleBrain())) as b:
        [matter] = await router(b).decide(
            conversation("sync problems, crashes"), (doubtful("sync problems, crashes"),)
        )
    assert matter.decision.specialist == "technical"
