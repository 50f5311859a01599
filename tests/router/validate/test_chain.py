from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk import Citation, EscalationReason, Passage
from frontdesk.errors import BudgetExceeded, ModelUnavailable
from router import wording
from router.records import CheckResult, Objection, VerdictKind
from router.validate import Draft, Validator, default_checks
from router.validate.chain import MOST_HANGING
from tests.router.validate.drafts import VERBATIM, draft

CHECKS = default_checks()
PASSED = CheckResult("probe", 1, passed=True)
CURABLE = CheckResult("probe", 1, False, (Objection("tone.rude", "Sentence 1 is rude."),))


class Probe:
    version = 1

    def __init__(self, act: Callable[[Draft], Any], name: str = "probe") -> None:
        self.id = name
        self.act = act

    def check(self, draft: Draft) -> Any:
        return self.act(draft)


class Agent:
    id, version = "agent", 1

    def __init__(self, result: Any) -> None:
        self.result = result
        self.asked = 0

    async def check(self, draft: Draft) -> Any:
        self.asked += 1
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def raises(error: BaseException) -> Callable[[Draft], Any]:
    def act(_: Draft) -> Any:
        raise error

    return act


async def test_reply_quoted_from_its_source_is_approved():
    verdict = await Validator(CHECKS).judge(draft())
    assert verdict.kind is VerdictKind.APPROVE, verdict.objections
    assert [check.check for check in verdict.checks] == [check.id for check in CHECKS]
    assert all(check.duration_us >= 0 for check in verdict.checks)


async def test_every_notice_of_the_desk_is_approved():
    notices = [wording.escalation_notice(reason) for reason in EscalationReason]
    notices += [wording.SAFE_NOTICE, wording.OPEN_QUESTION]
    notices += [wording.clarifying_question(["Billing", "Technical"])]
    for text in notices:
        verdict = await Validator(CHECKS).judge(Draft.notice(text, "where is my money"))
        assert verdict.kind is VerdictKind.APPROVE, (text, verdict.objections)


async def test_the_desks_own_words_are_a_lie_in_a_reply_of_a_specialist():
    verdict = await Validator(CHECKS).judge(draft("Let me transfer you to billing.", "question"))
    assert verdict.kind is VerdictKind.REVISE


@pytest.mark.parametrize(
    "text",
    [
        "I have transferred you to the billing team.",
        "I'll get back to you later.",
        "Someone will call you back.",
    ],
)
async def test_false_promise_is_sent_back_to_the_specialist(text):
    verdict = await Validator(CHECKS).judge(draft(f"{VERBATIM} {text}"))
    assert verdict.kind is VerdictKind.REVISE
    assert {o.code.partition(".")[0] for o in verdict.objections} == {"promise", "grounding"}


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (raises(ValueError("boom")), "check.raised"),
        (raises(SystemExit(1)), "check.raised"),
        (raises(KeyboardInterrupt()), "check.raised"),
        (lambda _: None, "check.malformed"),
        (lambda _: True, "check.malformed"),
        (lambda _: {"passed": True}, "check.malformed"),
        (lambda _: CheckResult("other", 1, passed=True), "check.malformed"),
        (lambda _: CheckResult("probe", 1, passed=False), "check.malformed"),
        (lambda _: CheckResult("probe", 1, True, CURABLE.objections), "check.malformed"),
        (lambda _: CheckResult("probe", 1, "yes"), "check.malformed"),  # type: ignore[arg-type]
    ],
)
async def test_check_that_fails_is_a_no_and_a_human_sees_it(act, code):
    verdict = await Validator([Probe(act)]).judge(draft())
    assert verdict.kind is VerdictKind.ESCALATE
    assert verdict.reason is EscalationReason.REJECTED
    assert [o.code for o in verdict.objections] == [code]


async def test_hanging_check_is_a_no_and_the_others_still_run():
    release = threading.Event()
    hanging = Probe(lambda _: release.wait(20) and PASSED)
    ran: list[str] = []

    def later(_: Draft) -> CheckResult:
        ran.append("later")
        return CheckResult("later", 1, passed=True)

    validator = Validator([hanging, Probe(later, "later")], timeout=0.05)
    verdict = await validator.judge(draft())
    release.set()
    assert verdict.kind is VerdictKind.ESCALATE
    assert [o.code for o in verdict.objections] == ["check.timeout"]
    assert ran == ["later"]


async def test_check_that_always_hangs_does_not_pile_up_threads():
    release = threading.Event()
    started: list[int] = []

    def hang(_: Draft) -> CheckResult:
        started.append(1)
        release.wait(20)
        return PASSED

    validator = Validator([Probe(hang)], timeout=0.02)
    kinds = {(await validator.judge(draft())).kind for _ in range(MOST_HANGING + 3)}
    assert kinds == {VerdictKind.ESCALATE}
    assert len(started) == MOST_HANGING
    release.set()
    for _ in range(100):
        if (await validator.judge(draft())).kind is VerdictKind.APPROVE:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the check was not tried again after its threads had ended")


async def test_async_check_that_hangs_is_a_no():
    class Slow:
        id, version = "slow", 1

        async def check(self, draft: Draft) -> CheckResult:
            await asyncio.sleep(20)
            return CheckResult("slow", 1, passed=True)

    verdict = await Validator([Slow()], timeout=0.02).judge(draft())
    assert [o.code for o in verdict.objections] == ["check.timeout"]


async def test_slow_check_does_not_hold_up_the_event_loop():
    task = asyncio.create_task(
        Validator([Probe(lambda _: time.sleep(0.2) or PASSED)]).judge(draft())
    )
    ticks = 0
    while not task.done():
        await asyncio.sleep(0.005)
        ticks += 1
    assert ticks > 10
    assert task.result().kind is VerdictKind.APPROVE


async def test_cancelled_judge_gives_no_verdict():
    release = threading.Event()
    validator = Validator([Probe(lambda _: release.wait(20) and PASSED)], timeout=10)
    task = asyncio.create_task(validator.judge(draft()))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()


async def test_curable_objection_goes_back_to_the_specialist():
    verdict = await Validator([Probe(lambda _: CURABLE)]).judge(draft())
    assert verdict.kind is VerdictKind.REVISE


async def test_secret_is_never_sent_back_but_goes_to_a_human():
    key = "AKIA" + "QYLPMN5HFIQR7XYA"
    verdict = await Validator(CHECKS).judge(draft(f"Use {key} to sign in."))
    assert (verdict.kind, verdict.reason) == (VerdictKind.ESCALATE, EscalationReason.POLICY)
    assert not any(key in objection.message for objection in verdict.objections)


async def test_second_model_is_asked_only_after_all_checks_passed():
    agent = Agent(CheckResult("agent", 1, passed=True))
    await Validator([Probe(lambda _: CURABLE)], agent=agent).judge(draft())
    assert agent.asked == 0
    verdict = await Validator([Probe(lambda _: PASSED)], agent=agent).judge(draft())
    assert (agent.asked, verdict.kind) == (1, VerdictKind.APPROVE)
    assert [check.check for check in verdict.checks] == ["probe", "agent"]


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (ModelUnavailable("down"), EscalationReason.MODEL_UNAVAILABLE),
        (BudgetExceeded("spent"), EscalationReason.BUDGET),
        (RuntimeError("bug"), EscalationReason.REJECTED),
        ("approve", EscalationReason.REJECTED),
        (None, EscalationReason.REJECTED),
    ],
)
async def test_second_model_that_fails_is_a_no(result, reason):
    verdict = await Validator([Probe(lambda _: PASSED)], agent=Agent(result)).judge(draft())
    assert (verdict.kind, verdict.reason) == (VerdictKind.ESCALATE, reason)


def test_validator_without_checks_cannot_be_made():
    with pytest.raises(ValueError, match="needs checks"):
        Validator([])
    with pytest.raises(ValueError, match="own id"):
        Validator([Probe(lambda _: PASSED), Probe(lambda _: PASSED)])


ANY_TEXT = st.one_of(st.text(), st.text(alphabet="<!@#|>[](){}*_`:/.-+ 0aA1\n\u200b\ufe0f\u202e"))


@settings(max_examples=60, deadline=None)
@given(text=ANY_TEXT, question=ANY_TEXT, quote=ANY_TEXT)
async def test_any_text_gets_a_verdict(text, question, quote):
    cited = (Citation("refunds:1", "T", "", quote),)
    for kind in ("reply", "question", "notice"):
        given_draft = draft(text, kind, question=question, citations=cited)
        verdict = await Validator(CHECKS, timeout=30).judge(given_draft)
        assert verdict.kind in VerdictKind
        assert not any(o.code == "check.raised" for o in verdict.objections)


PINGS = ["<!channel>", "<!here|here>", "<!EVERYONE>", "<@U012AB3CD>", "<!subteam^S01|@team>",
         "@channel", "@Here", "@everyone", "\uff20channel", "@\u200bhere", "<\u2060!channel>",
         "&lt;!channel&gt;", "@ever\u00adyone"]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    before=st.text(alphabet=" \n.,_*~(abcé", max_size=8).filter(lambda t: not t[-1:].isalnum()),
    ping=st.sampled_from(PINGS),
    after=st.text(alphabet=" \n.,_*~)!", max_size=8),
)
async def test_text_with_a_ping_is_never_approved(before, ping, after):
    for kind in ("reply", "question", "notice"):
        verdict = await Validator(CHECKS, timeout=30).judge(draft(before + ping + after, kind))
        assert verdict.kind is not VerdictKind.APPROVE


@settings(max_examples=60, deadline=None)
@given(text=st.text(min_size=1), start=st.integers(0, 50), size=st.integers(1, 200))
def test_verbatim_extract_with_its_citation_always_passes_grounding(text, start, size):
    quote = text[start : start + size] or text
    passage = Passage("p", "T", "https://help.quillon.example/t", text)
    cited = (Citation.of(passage, quote),)
    grounding = next(check for check in CHECKS if check.id == "grounding")
    assert grounding.check(draft(quote, citations=cited, passages=(passage,))).passed
