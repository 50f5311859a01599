"""The whole desk on language models, over HTTP: what people see, what is on record, what it took.

Whatever the models do, every turn ends with a checked reply, a question or a human.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.app import open_app
from bot.messengers import RecordOnly
from bot.settings import Settings
from frontdesk import EscalationReason, tool
from router import wording
from router.prompts.texts import ROUTER, SPECIALIST, VALIDATOR
from router.records import DecidedBy, OutcomeKind
from tests.bot.modelled import SURE, TWO, UNSURE, Play, Stage, role_of
from tests.messages_api import Fault, MessagesServer, RuleBrain, refuse, structured, use_tool
from tests.messages_api.brain import Request
from tests.messages_api.rules import quoted

pytestmark = pytest.mark.asyncio(loop_scope="module")

HAIKU, SONNET, OLD = "claude-haiku-5-5", "claude-sonnet-5-5", "claude-haiku-4-5"
ANSWERED = ("specialist", SONNET, 1, (), "")
CHECKED = ("validator", HAIKU, 1, (), "")
SECONDS = 1.0
ran: list[Any] = []


@tool()
def look_up(invoice: str) -> dict[str, str]:
    """Look up an invoice."""
    ran.append(invoice)
    return {"state": "paid"}


@tool(changes=True)
def pay_back(invoice: str, cents: int) -> str:
    """Pay an invoice back."""
    ran.append((invoice, cents))
    return "done"


@asynccontextmanager
async def opened(settings: Settings, server: MessagesServer) -> AsyncIterator[Stage]:
    async with open_app(settings, RecordOnly()) as app:
        yield Stage(app, server)


def to(server: MessagesServer, folder: Path, cache: Path, **given: Any) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder / 'frontdesk.db'}",
        cache=cache,
        anthropic_base_url=server.url,
        **{"anthropic_api_key": "local", "model_seconds": SECONDS, "model_retries": 1, **given},
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[MessagesServer]:
    async with MessagesServer(RuleBrain(), shortest_cached=64) as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole(
    server: MessagesServer, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    async with opened(to(server, tmp_path_factory.mktemp("desk"), cache), server) as stage:
        yield stage


@pytest.fixture
def desk(whole: Stage) -> Stage:
    """The one desk, with nothing scripted yet."""
    ran.clear()
    whole.plays()
    return whole


@pytest.fixture
def another(server: MessagesServer, tmp_path: Path, cache: Path) -> Callable[..., Any]:
    """A desk with settings of its own."""

    def make(**given: Any) -> Any:
        ran.clear()
        return opened(to(server, tmp_path, cache, **given), server)

    return make


async def test_a_reply_takes_two_calls_and_each_is_on_record_with_all_it_took(desk: Stage) -> None:
    story = await desk.hears(SURE)

    [part] = story.outcome.parts
    assert story.outcome.kind is OutcomeKind.REPLIED
    assert part.sources[0].quote in part.text
    assert story.calls == [ANSWERED, CHECKED]
    for body, prompt in zip(story.bodies("model:called"), (SPECIALIST, VALIDATOR), strict=True):
        assert (body["prompt"], body["prompt_digest"]) == (prompt.id, prompt.digest)
        assert body["input_tokens"] + body["cache_read_tokens"] + body["cache_write_tokens"] > 100
        assert min(body["output_tokens"], body["cost_microusd"], body["latency_us"]) > 0
        assert body["request_id"].startswith("req_")
        assert (body["returned"], body["stop_reason"]) == (body["requested"], "end_turn")
        assert len(body["params_digest"]) == 64


async def test_what_no_cheaper_way_is_sure_of_is_one_more_call(desk: Stage) -> None:
    desk.plays(router=[routed("billing", 95)])
    story = await desk.hears(UNSURE)

    [decided] = story.bodies("route:decided")
    assert (decided["decision"]["decided_by"], decided["decision"]["specialist"]) == (
        DecidedBy.AGENT,
        "billing",
    )
    assert story.calls[0] == ("router", HAIKU, 1, (), "")
    assert story.bodies("model:called")[0]["prompt_digest"] == ROUTER.digest
    assert len(story.requests) == len(story.calls)


async def test_the_prefix_of_a_specialist_is_written_to_the_cache_once_and_read_after(
    desk: Stage,
) -> None:
    await desk.hears(SURE)
    story = await desk.hears(f"{SURE} Thanks!")

    specialist, _ = story.bodies("model:called")
    assert specialist["cache_read_tokens"] > specialist["input_tokens"]
    assert specialist["cache_write_tokens"] == 0


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (Fault.RATE_LIMITED, "rate_limited"),
        (Fault.OVERLOADED, "overloaded"),
        (Fault.SERVER_ERROR, "server_error"),
        (Fault.CUT, "connection"),
        (Fault.MALFORMED, "malformed"),
        (Fault.MAX_TOKENS, "cut_off"),
    ],
    ids=str,
)
async def test_a_fault_is_mended_by_another_attempt_and_nobody_sees_it(
    desk: Stage, fault: Fault, named: str
) -> None:
    desk.plays([fault])
    story = await desk.hears(SURE)

    assert story.outcome.kind is OutcomeKind.REPLIED
    assert story.calls == [("specialist", SONNET, 2, (named,), ""), CHECKED]
    assert len(story.requests) == 3


async def test_a_wait_that_the_server_asks_for_is_kept(
    desk: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.server, "retry_after", "0.8")
    desk.plays([Fault.RATE_LIMITED])
    story = await desk.hears(SURE)

    assert story.bodies("model:called")[0]["latency_us"] >= 800_000


async def test_a_model_that_hangs_is_given_up_and_the_fallback_answers(desk: Stage) -> None:
    desk.plays([Fault.HANG])
    story = await desk.hears(SURE)

    assert story.outcome.kind is OutcomeKind.REPLIED
    hung, answered, checked = story.calls
    assert (hung, checked) == (("specialist", SONNET, 1, (), "timeout"), CHECKED)
    assert answered == ("specialist", OLD, 1, (), "")
    assert story.bodies("model:called")[0]["latency_us"] >= SECONDS * 1_000_000


async def test_a_refusal_goes_to_a_human_with_what_was_found(desk: Stage) -> None:
    desk.plays([Fault.REFUSAL, Fault.REFUSAL])
    story = await desk.hears(SURE)

    assert story.outcome.text == wording.escalation_notice(EscalationReason.MODEL_UNAVAILABLE)
    assert story.calls == [
        ("specialist", SONNET, 1, (), "refused"),
        ("specialist", OLD, 1, (), "refused"),
    ]
    [texts] = story.texts("ticket:escalated")
    assert "refused" in texts["note"]
    assert "Found so far: " in texts["note"]
    assert story.status == "waiting_for_staff"


async def test_a_tool_runs_and_its_use_is_on_record(
    desk: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.specialist("billing"), "tools", (look_up,))
    desk.plays(specialist=[use_tool("look_up", {"invoice": "QL-1"})])
    story = await desk.hears(SURE)

    assert story.outcome.kind is OutcomeKind.REPLIED
    assert ran == ["QL-1"]
    assert story.calls == [ANSWERED, ANSWERED, CHECKED]
    [used], [texts] = story.bodies("tool:called"), story.texts("tool:called")
    assert (used["tool"], used["failed"], used["part"], used["attempt"]) == ("look_up", False, 0, 0)
    assert used["duration_us"] > 0
    assert texts == {"arguments": '{"invoice": "QL-1"}', "result": '{"state":"paid"}'}


async def test_a_tool_call_cut_off_in_the_middle_is_asked_for_again_and_runs_once(
    desk: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.specialist("billing"), "tools", (look_up,))
    call = use_tool("look_up", {"invoice": "QL-1"})
    desk.plays([Fault.MAX_TOKENS], specialist=[call, call])
    story = await desk.hears(SURE)

    assert ran == ["QL-1"]
    assert story.calls[0] == ("specialist", SONNET, 2, ("cut_off",), "")
    assert len(story.bodies("tool:called")) == 1


async def test_a_tool_that_changes_something_waits_for_a_person(
    desk: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.specialist("billing"), "tools", (pay_back,))
    desk.plays(specialist=[use_tool("pay_back", {"invoice": "QL-1", "cents": 900})])
    story = await desk.hears(SURE)

    assert ran == []
    assert story.outcome.text == wording.escalation_notice(EscalationReason.PERMISSION)
    assert story.calls == [ANSWERED]
    [proposed], [texts] = story.bodies("tool:proposed"), story.texts("tool:proposed")
    assert proposed == {"part": 0, "attempt": 0, "tool": "pay_back"}
    assert texts["arguments"] == '{"invoice":"QL-1","cents":900}'
    assert texts["digest"] in story.texts("ticket:escalated")[0]["note"]
    assert "tool:called" not in story.kinds


VALIDATOR_IS_OUT = {
    Fault.SERVER_ERROR: ([Fault.SERVER_ERROR] * 4, 4, "check.unavailable"),
    Fault.HANG: ([Fault.HANG] * 2, 2, "check.unavailable"),
    Fault.MALFORMED: ([Fault.MALFORMED] * 4, 4, "check.unavailable"),
    Fault.REFUSAL: ([Fault.REFUSAL] * 2, 2, "check.unavailable"),
    Fault.MAX_TOKENS: ([Fault.MAX_TOKENS] * 4, 4, "check.unavailable"),
    Fault.NONSENSE: ([Fault.NONSENSE] * 4, 4, "check.unavailable"),
}


@pytest.mark.parametrize("fault", VALIDATOR_IS_OUT, ids=str)
async def test_without_a_validator_nothing_goes_out(another: Any, fault: Fault) -> None:
    faults, calls, code = VALIDATOR_IS_OUT[fault]
    async with another() as desk:
        desk.plays([None, *faults])
        story = await desk.hears(SURE)

    assert story.outcome.text == wording.escalation_notice(EscalationReason.MODEL_UNAVAILABLE)
    assert story.texts("answer:drafted")[0]["draft"] not in story.outcome.text
    [rejected] = story.bodies("reply:rejected")
    found = [o["code"] for check in rejected["verdict"]["checks"] for o in check["objections"]]
    assert found == [code]
    assert len(story.requests) == 1 + calls
    assert all(fault for role, *_, fault in story.calls if role == "validator")
    assert story.status == "waiting_for_staff"


async def test_half_a_verdict_is_a_no(desk: Stage) -> None:
    half = structured({"claims": [], "problems": [], "verdict": "approve"})
    desk.plays(validator=[half])
    story = await desk.hears(SURE)

    assert story.outcome.kind is OutcomeKind.ESCALATED
    assert story.outcome.parts[0].escalation is EscalationReason.REJECTED
    assert "reply:approved" not in story.kinds


async def test_a_rejected_reply_is_revised_twice_and_then_a_human_has_the_reasons(
    desk: Stage,
) -> None:
    desk.plays(validator=[objects, objects, objects])
    story = await desk.hears(SURE)

    assert story.outcome.text == wording.escalation_notice(EscalationReason.REJECTED)
    assert story.calls == [ANSWERED, CHECKED] * 3
    revised = json.dumps(story.requests[2]["messages"])
    assert "promises something that no cited passage promises" in revised
    assert "promises something" in story.texts("ticket:escalated")[0]["note"]


async def test_a_name_that_nobody_has_is_a_fault_on_record_and_the_embedded_decision_stands(
    desk: Stage,
) -> None:
    desk.plays(router=[routed("astrology", 99)])
    story = await desk.hears(UNSURE)

    [decided] = story.bodies("route:decided")
    assert "router_agent:unknown_specialist" in decided["decision"]["rules"]
    assert decided["decision"]["decided_by"] != DecidedBy.AGENT
    assert story.outcome.kind in {OutcomeKind.ASKED, OutcomeKind.ESCALATED}
    assert story.calls == [("router", HAIKU, 1, (), "")]


async def test_a_handoff_takes_the_packet_along_and_not_the_transcript(desk: Stage) -> None:
    packet = "The invoice page stays empty."
    arguments = {"to": "technical", "reason": "It is an error.", "summary": packet}
    desk.plays(specialist=[use_tool("hand_off", arguments)])
    story = await desk.hears(SURE)

    [made], [texts] = story.bodies("handoff:made"), story.texts("handoff:made")
    assert (made["source"], made["target"], made["refused"]) == ("billing", "technical", "")
    assert texts == {"reason": "It is an error.", "packet": packet}
    second = story.requests[1]
    assert [found["text"] for found in quoted(second, "packet")] == [packet]
    assert quoted(second, "earlier") == []
    drafted = story.bodies("answer:drafted")
    assert [body["plugin"]["specialist"] for body in drafted] == ["billing", "technical"]
    assert drafted[0]["answer"] == "handoff"


async def test_specialists_that_pass_a_matter_back_and_forth_are_stopped(desk: Stage) -> None:
    desk.plays(specialist=[hands_on] * 9)
    story = await desk.hears(SURE)

    assert story.outcome.text == wording.escalation_notice(EscalationReason.LOOP)
    assert [body["refused"] for body in story.bodies("handoff:made")] == ["", "", "loop"]
    assert story.calls == [ANSWERED] * 3


async def test_a_ticket_that_used_up_its_calls_goes_to_a_human_with_what_was_found(
    another: Any,
) -> None:
    async with another(ticket_calls=2) as desk:
        desk.plays(specialist=[use_tool("nothing", {})] * 9)
        story = await desk.hears(SURE)

    assert story.outcome.text == wording.escalation_notice(EscalationReason.BUDGET)
    assert story.calls == [ANSWERED] * 2
    note = story.texts("ticket:escalated")[0]["note"]
    assert "limit of calls" in note
    assert "Found so far: " in note


async def test_a_reply_that_there_is_no_budget_to_check_does_not_go_out(another: Any) -> None:
    async with another(ticket_calls=1) as desk:
        desk.plays()
        story = await desk.hears(SURE)

    assert story.outcome.text == wording.escalation_notice(EscalationReason.BUDGET)
    assert story.calls == [ANSWERED]


async def test_of_two_matters_the_one_that_failed_is_named_and_the_other_answered(
    desk: Stage,
) -> None:
    desk.plays(specialist=[refuses_billing] * 4)
    story = await desk.hears(TWO)

    ends = {part.specialist: part.kind for part in story.outcome.parts}
    assert ends == {"billing": OutcomeKind.ESCALATED, "technical": OutcomeKind.REPLIED}
    text = story.outcome.text
    notice = wording.escalation_notice(EscalationReason.MODEL_UNAVAILABLE)
    assert f"Billing:\n{notice}" in text
    assert "Technical support:\n" in text
    assert [body["part"] for body in story.bodies("reply:approved")] == [1]
    assert [body["part"] for body in story.bodies("ticket:escalated")] == [0]
    asked = [role_of(request) for request in story.requests]
    assert sorted(asked) == ["specialist"] * 3 + ["validator"]


async def test_without_any_model_the_requester_hears_that_a_person_takes_over(
    another: Any,
) -> None:
    async with another(model_retries=0) as desk:
        desk.plays([Fault.OVERLOADED] * 20)
        story = await desk.hears(UNSURE)
        sure = await desk.hears(SURE)

    assert story.outcome.kind in {OutcomeKind.ASKED, OutcomeKind.ESCALATED}
    assert sure.outcome.text == wording.escalation_notice(EscalationReason.MODEL_UNAVAILABLE)
    assert sure.kinds[-1] == "turn:ended"
    assert {fault for *_, fault in sure.calls} == {"overloaded"}


async def test_a_wrong_key_is_not_tried_again(another: Any) -> None:
    async with another(anthropic_api_key="another") as desk:
        desk.plays()
        story = await desk.hears(SURE)

    assert story.outcome.kind is OutcomeKind.ESCALATED
    assert {(attempts, fault) for _, _, attempts, _, fault in story.calls} == {(1, "bad_key")}


@pytest.mark.parametrize("fault", [None, Fault.CUT, Fault.MALFORMED], ids=str)
async def test_events_lead_to_the_same_end(another: Any, fault: Fault | None) -> None:
    async with another(model_stream=True) as desk:
        desk.plays([fault])
        story = await desk.hears(SURE)

    assert story.outcome.kind is OutcomeKind.REPLIED
    assert all(request["stream"] for request in story.requests)
    assert [attempts for _, _, attempts, *_ in story.calls] == [2 if fault else 1, 1]


@pytest.mark.parametrize("number", range(6))
async def test_a_wrong_reply_stays_here_although_the_validators_model_approves_it(
    desk: Stage, number: int
) -> None:
    liar = RuleBrain(approve_everything=True, wrong=1.0)
    desk.plays()
    desk.server.brain = Play(rules=liar)
    story = await desk.hears(f"{SURE} My team has {number + 2} people.")

    assert story.outcome.kind is OutcomeKind.ESCALATED
    assert "reply:approved" not in story.kinds


def routed(specialist: str, confidence: int) -> Any:
    """A router that is that sure about the whole message."""

    def line(request: Request) -> Any:
        matter = {
            "text": quoted(request, "message")[0]["text"],
            "specialist": specialist,
            "confidence": confidence,
            "second": "none",
            "reason": "It is about money.",
            "urgency": "normal",
            "language": "en",
            "missing": [],
        }
        return structured({"matters": [matter]})

    return line


def objects(request: Request) -> Any:
    """A validator that finds a promise in the first sentence."""
    problem = {"kind": "promise", "sentence": 1, "policy": ""}
    judged = RuleBrain().judge(request) | {"problems": [problem], "verdict": "revise"}
    return structured(judged)


def hands_on(request: Request) -> Any:
    """A specialist that wants to be rid of it: billing and technical name each other."""
    other = "technical" if "You are Billing" in json.dumps(request["system"]) else "billing"
    arguments = {"to": other, "reason": "It is theirs.", "summary": "Please look at it."}
    return use_tool("hand_off", arguments)


def refuses_billing(request: Request) -> Any:
    """A model that refuses to speak of money."""
    if "You are Billing" in json.dumps(request["system"]):
        return refuse()
    return RuleBrain().answer(request)
