"""The validator agent's model, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from frontdesk import Citation, EscalationReason, Policy
from router.model import Role
from router.prompts.texts import VALIDATOR
from router.records import CheckResult, VerdictKind
from router.validate.agent import ModelValidator, SecondOpinion
from router.validate.chain import Validator
from router.validate.draft import Draft
from tests.bot.llm.helpers import REFUNDS, Bench, bench
from tests.messages_api import (
    Answer,
    Fault,
    FaultScript,
    MessagesServer,
    RuleBrain,
    ScriptedBrain,
    structured,
)
from tests.messages_api.rules import numbered, quoted
from tests.router.answer.parts import OTHER

DRAFT = Draft(
    kind="reply",
    text="Refunds take five days. They go to the card you paid with.",
    citations=(Citation.of(REFUNDS, "Refunds take five days."),),
    policies=(Policy("no-dates", "Name no dates."),),
    question="How long do refunds take?",
    passages=(REFUNDS, OTHER),
    ticket="T1",
    message="M1",
)


class Passing:
    id = "passing"
    version = 1

    def check(self, draft: Draft) -> CheckResult:
        return CheckResult(self.id, self.version, passed=True)


def claim(sentence: int, verdict: str = "supported", passage: int = 1) -> dict[str, Any]:
    return {"sentence": sentence, "verdict": verdict, "passage": passage}


def judged(
    *claims: dict[str, Any], problems: Sequence[dict[str, Any]] = (), verdict: str = "approve"
) -> Answer:
    return structured({"claims": list(claims), "problems": list(problems), "verdict": verdict})


GOOD = judged(claim(1), claim(2))


def problem(kind: str, sentence: int = 0, policy: str = "") -> dict[str, Any]:
    return {"kind": kind, "sentence": sentence, "policy": policy}


def server(*lines: Answer, faults: Sequence[Fault] = ()) -> MessagesServer:
    return MessagesServer(ScriptedBrain(lines), faults=FaultScript(faults))


async def check(b: Bench, draft: Draft = DRAFT, second: SecondOpinion | None = None) -> CheckResult:
    return await ModelValidator(b.gateway, second, chance=lambda: 0.5).check(draft)


async def codes(line: Answer, draft: Draft = DRAFT) -> list[str]:
    async with bench(server(line)) as b:
        result = await check(b, draft)
    assert result.passed == (not result.objections)
    assert not any(word in str(result.objections) for word in ("five days", "card"))
    return [objection.code for objection in result.objections]


async def test_a_reply_is_approved_if_every_claim_is_supported() -> None:
    async with bench(server(GOOD)) as b:
        result = await check(b)
        [call] = b.record
    assert (result.passed, result.check, result.version) == (
        True,
        "validator_agent",
        VALIDATOR.version,
    )
    assert (call.role, call.actor, call.ticket, call.message) == (
        "validator",
        "agent:validator",
        "T1",
        "M1",
    )


async def test_the_model_sees_question_sentences_and_cited_passages_only() -> None:
    async with bench(server(GOOD)) as b:
        await check(b)
        sent = b.server.calls[0].request
    assert numbered(sent, "passage") == [REFUNDS.text]
    assert numbered(sent, "sentence") == [
        "Refunds take five days.",
        "They go to the card you paid with.",
    ]
    assert [q["trust"] for q in quoted(sent, "question")] == ["data_only"]
    assert OTHER.text not in str(sent)
    assert "no-dates: Name no dates." in str(sent)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (judged(claim(1), claim(2, "unsupported", 0)), ["agent.unsupported"]),
        (judged(claim(1), claim(2, passage=7)), ["agent.unsupported"]),
        (judged(claim(1), claim(2, passage=0)), ["agent.unsupported"]),
        (judged(claim(1)), ["check.half_verdict"]),
        (judged(claim(1), claim(1), claim(2)), ["check.half_verdict"]),
        (judged(), ["check.half_verdict"]),
        (judged(claim(1), claim(2), problems=[problem("tone", 2)]), ["agent.tone"]),
        (judged(claim(1), claim(2), problems=[problem("promise", 9)]), ["agent.promise"]),
        (judged(claim(1), claim(2), problems=[problem("policy", 1, "no-dates")]), ["agent.policy"]),
        (judged(claim(1), claim(2), verdict="revise"), ["agent.unclear"]),
        (judged(claim(1), claim(2), verdict="escalate"), ["check.escalated", "agent.unclear"]),
        (
            judged(claim(1, "no_claim", 0), claim(2, "no_claim", 0)),
            ["agent.nothing_supported"],
        ),
    ],
)
async def test_anything_but_a_whole_yes_is_a_no(line: Answer, expected: list[str]) -> None:
    assert await codes(line) == expected


async def test_a_question_needs_no_passage() -> None:
    question = replace(DRAFT, kind="question", text="Which invoice is it?", citations=())
    assert await codes(judged(claim(1, "no_claim", 0)), question) == []


FAILURES = [
    ([Fault.OVERLOADED] * 3, EscalationReason.MODEL_UNAVAILABLE),
    ([Fault.HANG] * 3, EscalationReason.MODEL_UNAVAILABLE),
    ([Fault.REFUSAL], EscalationReason.MODEL_UNAVAILABLE),
    ([Fault.NONSENSE] * 3, EscalationReason.MODEL_UNAVAILABLE),
    ([Fault.MALFORMED] * 3, EscalationReason.MODEL_UNAVAILABLE),
    ([Fault.MAX_TOKENS] * 2, EscalationReason.MODEL_UNAVAILABLE),
]


@pytest.mark.parametrize(("faults", "reason"), FAILURES)
async def test_it_fails_closed_and_a_human_gets_it(
    faults: list[Fault], reason: EscalationReason
) -> None:
    async with bench(server(*[GOOD] * 3, faults=faults), seconds=0.1) as b:
        validator = Validator([Passing()], agent=ModelValidator(b.gateway))
        verdict = await validator.judge(DRAFT)
    assert (verdict.kind, verdict.reason) == (VerdictKind.ESCALATE, reason)
    assert b.record[0].fault


async def test_a_field_nobody_asked_for_is_a_no() -> None:
    line = structured(
        {"claims": [claim(1), claim(2)], "problems": [], "verdict": "approve", "x": 1}
    )
    async with bench(server(line, line, line)) as b:
        validator = Validator([Passing()], agent=ModelValidator(b.gateway))
        verdict = await validator.judge(DRAFT)
    assert verdict.kind is VerdictKind.ESCALATE


async def test_what_can_be_mended_goes_back_to_the_writer() -> None:
    line = judged(claim(1), claim(2, "unsupported", 0), verdict="revise")
    async with bench(server(line)) as b:
        validator = Validator([Passing()], agent=ModelValidator(b.gateway))
        verdict = await validator.judge(DRAFT)
    assert verdict.kind is VerdictKind.REVISE
    assert "Sentence 2" in verdict.objections[0].message


async def test_what_the_desk_itself_says_needs_no_model() -> None:
    async with bench(server()) as b:
        assert (await check(b, Draft.notice("A colleague will take over."))).passed
        assert b.server.count == 0


@pytest.mark.parametrize(
    ("share", "policies", "calls"),
    [(1.0, {"no-dates"}, 2), (0.4, {"no-dates"}, 1), (1.0, {"refunds"}, 1)],
)
async def test_a_second_model_looks_at_a_share_of_what_is_risky(
    share: float, policies: set[str], calls: int
) -> None:
    bad = judged(claim(1), claim(2, "unsupported", 0))
    async with bench(server(*[GOOD, bad][:calls])) as b:
        result = await check(b, second=SecondOpinion(frozenset(policies), share))
    assert result.passed == (calls == 1)
    assert [call.role for call in b.record] == [Role.VALIDATOR, Role.SECOND_OPINION][:calls]


async def test_rules_can_play_the_model() -> None:
    made_up = replace(DRAFT, text=DRAFT.text + " Everybody gets a free year.")
    async with bench(MessagesServer(RuleBrain())) as b:
        assert (await check(b)).passed
        assert not (await check(b, made_up)).passed
    async with bench(MessagesServer(RuleBrain(approve_everything=True))) as b:
        assert (await check(b, made_up)).passed
