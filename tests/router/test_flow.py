"""A turn does what its story says, whatever its parts do."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import pytest

from frontdesk import (
    Answer,
    Citation,
    Context,
    Escalation,
    EscalationReason,
    Handoff,
    Passage,
    PostError,
    PostUnknown,
    Question,
    Reply,
    Specialist,
    StoreError,
    Ticket,
)
from router import wording
from router.answer.run import Installed, RunLimits, SpecialistRunner
from router.facts import AnswerDrafted, Fact, HandoffMade, PostIntended, SpecialistFailed
from router.flow import Desk
from router.outbox import Outbox
from router.ports import DirectSteps
from router.records import Band, Matter, OutcomeKind, PluginRef
from router.validate import ValidationSettings, Validator, default_checks
from tests.router.fakes import Board, MemoryStore, Says, Sends, conversation, decision

T = TypeVar("T")

PASSAGE = Passage(
    "billing/invoices#0",
    "Find your invoices",
    "https://help.quillon.example/billing/invoices",
    "You find all invoices under Settings, Billing, Invoices.",
)
GOOD = Reply(PASSAGE.text, (Citation.of(PASSAGE),))
MADE_UP = Reply("Your refund of 500 dollars was sent this morning.", (Citation.of(PASSAGE),))
PINGS = Reply(f"{PASSAGE.text} <!channel>", (Citation.of(PASSAGE),))


class OnePassage:
    async def search(self, query: str, limit: int) -> Sequence[Passage]:
        return [PASSAGE]


class NeverAsked:
    async def answer(self, specialist: Specialist, ticket: Ticket, context: Context) -> Answer:
        raise AssertionError("these specialists answer by themselves")


class Parts:
    """A desk of real parts around specialists that say what a test wants."""

    def __init__(self, *specialists: Specialist, sends: tuple[str | None, ...] = ("billing",)):
        self.store = MemoryStore()
        self.board = Board()
        self.router = Sends(sends)
        installed = {
            one.name: Installed(one, PluginRef(one.name, "test", "1", "0" * 64), OnePassage())
            for one in specialists
        }
        self.desk = Desk(
            store=self.store,
            router=self.router,
            specialists=SpecialistRunner(installed, NeverAsked(), limits=RunLimits(seconds=0.2)),
            validator=Validator(default_checks(ValidationSettings(), None)),
            messenger=self.board,
            outbox=Outbox(self.store, self.board),
        )

    def facts(self, kind: type[Fact]) -> list[Fact]:
        return [fact for fact in self.store.facts if isinstance(fact, kind)]


async def test_an_approved_reply_is_posted_once_and_on_record_before() -> None:
    parts = Parts(Says("billing", GOOD))

    outcome = await parts.desk.turn("m1")

    assert outcome.kind is OutcomeKind.REPLIED
    assert parts.board.said == [PASSAGE.text]
    assert parts.store.kinds() == [
        "message:gated",
        "route:decided",
        "answer:drafted",
        "reply:approved",
        "post:intended",
        "post:done",
        "turn:ended",
    ]


@pytest.mark.parametrize("bad", [MADE_UP, PINGS, Reply("", ()), Reply(PASSAGE.text, ())])
async def test_rejected_reply_is_never_posted(bad: Reply) -> None:
    parts = Parts(Says("billing", bad))

    outcome = await parts.desk.turn("m1")

    assert outcome.kind is OutcomeKind.ESCALATED
    assert outcome.parts[0].escalation in {EscalationReason.REJECTED, EscalationReason.POLICY}
    assert parts.board.said == [outcome.text]
    assert not bad.text or bad.text not in outcome.text


async def test_a_rejected_draft_is_revised_with_the_objections() -> None:
    billing = Says("billing", MADE_UP, GOOD)
    parts = Parts(billing)

    outcome = await parts.desk.turn("m1")

    assert outcome.kind is OutcomeKind.REPLIED
    assert billing.asked[0].objections == ()
    assert billing.asked[1].objections
    assert parts.store.kinds().count("reply:rejected") == 1


async def test_revisions_end_after_two_with_a_human() -> None:
    billing = Says("billing", MADE_UP)
    parts = Parts(billing)

    outcome = await parts.desk.turn("m1")

    assert len(billing.asked) == 3
    assert outcome.parts[0].escalation is EscalationReason.REJECTED


async def test_a_handoff_is_recorded_and_only_its_packet_goes_along() -> None:
    technical = Says("technical", GOOD)
    billing = Says("billing", Handoff("technical", "an outage", summary="invoices do not load"))
    parts = Parts(billing, technical)
    parts.store.talk = conversation(thread=(conversation().message,))

    outcome = await parts.desk.turn("m1")

    (handoff,) = parts.facts(HandoffMade)
    assert handoff.texts["packet"] == "invoices do not load"
    assert outcome.parts[0].specialist == "technical"
    assert technical.asked[0].packet == "invoices do not load"
    assert technical.asked[0].thread == ()


async def test_ping_pong_ends_when_a_pair_repeats() -> None:
    billing = Says("billing", Handoff("technical", "yours"))
    technical = Says("technical", Handoff("billing", "no, yours"))
    parts = Parts(billing, technical)

    outcome = await parts.desk.turn("m1")

    assert outcome.parts[0].escalation is EscalationReason.LOOP
    assert [fact.refused for fact in parts.facts(HandoffMade)] == ["", "", "loop"]  # type: ignore[attr-defined]


async def test_a_handoff_to_nobody_goes_to_a_human() -> None:
    parts = Parts(Says("billing", Handoff("sales", "not mine")))

    outcome = await parts.desk.turn("m1")

    assert outcome.parts[0].escalation is EscalationReason.SPECIALIST_FAILED


class Hangs(Specialist):
    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        await asyncio.sleep(60)
        return GOOD


class Junk(Specialist):
    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        return {"text": "hello"}  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("specialist", "fault"),
    [
        (Says("billing", ValueError("secret details")), "raised ValueError"),
        (Hangs(name="billing"), "no answer within 0.2 seconds"),
        (Junk(name="billing"), "returned dict, which is no answer"),
        (Says("billing", Reply("x" * 100_001)), "more than 100000 characters"),
    ],
)
async def test_a_specialist_that_fails_costs_only_its_ticket(
    specialist: Specialist, fault: str
) -> None:
    parts = Parts(specialist)

    outcome = await parts.desk.turn("m1")

    (failed,) = parts.facts(SpecialistFailed)
    assert fault in failed.fault  # type: ignore[attr-defined]
    assert outcome.parts[0].escalation is EscalationReason.SPECIALIST_FAILED
    assert "secret details" not in outcome.text


async def test_a_specialist_that_is_gone_goes_to_a_human() -> None:
    outcome = await Parts().desk.turn("m1")

    assert outcome.parts[0].escalation is EscalationReason.SPECIALIST_FAILED


async def test_a_specialists_question_is_asked() -> None:
    parts = Parts(Says("billing", Question("Which month is the invoice of?")))

    outcome = await parts.desk.turn("m1")

    assert outcome.kind is OutcomeKind.ASKED
    assert parts.board.said == ["Which month is the invoice of?"]


async def test_a_router_that_fails_gives_a_human_not_silence() -> None:
    parts = Parts(Says("billing", GOOD))

    async def broken(_: object) -> None:
        raise RuntimeError("the model file is damaged")

    parts.router.decide = broken  # type: ignore[method-assign, assignment]
    outcome = await parts.desk.turn("m1")

    assert outcome.kind is OutcomeKind.ESCALATED
    assert len(parts.board.said) == 1


async def test_unsure_between_two_asks_one_question_that_names_them() -> None:
    parts = Parts(
        Says("billing", GOOD, title="Billing"), Says("technical", GOOD, title="Technical")
    )
    both = decision(None, band=Band.ASK, candidates=("billing", "technical"), escalation=None)

    async def unsure(talk: object) -> object:
        return (Matter("it does not work", both),)

    parts.router.decide = unsure  # type: ignore[method-assign, assignment]
    outcome = await parts.desk.turn("m1")

    assert outcome.kind is OutcomeKind.ASKED
    assert outcome.text == "Is this about Billing or Technical?"


async def test_parts_are_settled_side_by_side_and_a_failed_one_is_named() -> None:
    parts = Parts(
        Says("billing", GOOD, title="Billing"),
        Says("technical", ValueError("broken"), title="Technical"),
        sends=("billing", "technical"),
    )

    outcome = await parts.desk.turn("m1")

    assert outcome.kind is OutcomeKind.REPLIED
    assert [part.kind for part in outcome.parts] == [OutcomeKind.REPLIED, OutcomeKind.ESCALATED]
    failed = wording.escalation_notice(EscalationReason.SPECIALIST_FAILED)
    assert outcome.text == f"Billing:\n{PASSAGE.text}\n\nTechnical:\n{failed}"


async def test_a_title_that_pings_everyone_never_gets_out() -> None:
    loud = Says("billing", Escalation(EscalationReason.UNSURE), title="<!channel>")
    parts = Parts(loud, Says("technical", GOOD), sends=("billing", "technical"))

    outcome = await parts.desk.turn("m1")

    assert outcome.kind is OutcomeKind.ESCALATED
    assert parts.board.said == [wording.SAFE_NOTICE]


async def test_a_lost_answer_to_a_post_is_looked_up_and_not_repeated() -> None:
    parts = Parts(Says("billing", GOOD))
    parts.board.lose_answers = 1

    await parts.desk.turn("m1")

    assert parts.board.said == [PASSAGE.text]
    assert parts.store.kinds().count("post:done") == 1


@pytest.mark.parametrize("broken_at", ["post:done", "turn:ended"])
async def test_a_turn_that_broke_after_its_post_ends_without_a_second_one(broken_at: str) -> None:
    parts = Parts(Says("billing", GOOD))

    def fail(fact: Fact) -> None:
        if fact.kind == broken_at:
            parts.store.before = lambda _: None
            raise StoreError("the disk is full")

    parts.store.before = fail
    with pytest.raises(StoreError):
        await parts.desk.turn("m1")
    outcome = await parts.desk.resume("m1")

    assert parts.board.said == [PASSAGE.text]
    assert outcome.kind is OutcomeKind.REPLIED
    assert parts.store.kinds()[-1] == "turn:ended"


@pytest.mark.parametrize(
    "kind",
    ["message:gated", "route:decided", "answer:drafted", "reply:approved", "post:intended"],
)
async def test_no_log_no_post(kind: str) -> None:
    parts = Parts(Says("billing", GOOD))

    def fail(fact: Fact) -> None:
        if fact.kind == kind:
            raise StoreError("the database is read-only")

    parts.store.before = fail
    with pytest.raises(StoreError):
        await parts.desk.turn("m1")

    assert parts.board.said == []


@pytest.mark.parametrize("error", [PostError("not in channel"), PostUnknown("timeout")])
async def test_a_post_that_failed_leaves_the_turn_open(error: Exception) -> None:
    parts = Parts(Says("billing", GOOD))
    parts.board.refuse = error
    with pytest.raises(PostError):
        await parts.desk.turn("m1")

    parts.board.refuse = None
    await parts.desk.resume("m1")

    assert parts.board.said == [PASSAGE.text]


async def test_a_post_that_a_crash_left_open_is_withheld_if_the_thread_has_moved_on() -> None:
    parts = Parts(Says("billing", GOOD))
    parts.board.refuse = PostUnknown("the connection broke")
    with pytest.raises(PostError):
        await parts.desk.turn("m1")

    parts.board.refuse = None
    parts.store.talk = conversation(owned_by_human=True)
    outcome = await parts.desk.resume("m1")

    assert outcome.kind is OutcomeKind.QUIET
    assert parts.board.said == []
    assert "reply:withheld" in parts.store.kinds()


async def test_a_question_about_one_of_two_matters_is_remembered_with_that_matter_alone() -> None:
    parts = Parts(Says("billing", GOOD, title="Billing"), Says("technical", GOOD))
    unsure = decision(None, band=Band.ASK, candidates=("billing", "technical"), escalation=None)

    async def two(talk: object) -> object:
        return (Matter("Where are my invoices?", decision("billing")), Matter("It fails.", unsure))

    parts.router.decide = two  # type: ignore[method-assign, assignment]
    await parts.desk.turn("m1")

    (intended,) = parts.facts(PostIntended)
    assert intended.texts["asked"] == "It fails."


async def test_what_the_desk_itself_says_is_judged_on_record_too() -> None:
    parts = Parts(Says("billing", GOOD), sends=(None,))

    await parts.desk.turn("m1")

    assert "notice:approved" in parts.store.kinds()


async def test_the_turn_of_a_thread_that_a_human_owns_stays_quiet() -> None:
    parts = Parts(Says("billing", GOOD))
    parts.store.talk = conversation(owned_by_human=True)

    outcome = await parts.desk.turn("m1")

    assert outcome.kind is OutcomeKind.QUIET
    assert parts.board.said == []


async def test_a_human_who_takes_over_while_it_is_answered_keeps_the_draft_back() -> None:
    parts = Parts(Says("billing", GOOD))

    def take_over(fact: Fact) -> None:
        if isinstance(fact, AnswerDrafted):
            parts.store.talk = conversation(owned_by_human=True)

    parts.store.before = take_over
    outcome = await parts.desk.turn("m1")

    assert outcome.kind is OutcomeKind.QUIET
    assert parts.board.said == []
    assert "reply:withheld" in parts.store.kinds()


class Named(DirectSteps):
    """Notes the names of the steps, by which operators watch them."""

    def __init__(self) -> None:
        self.names: list[str] = []

    async def run(self, name: str, result: type[T], call: Callable[[], Awaitable[T]]) -> T:
        """Run it."""
        self.names.append(name)
        return await call()


async def test_last_step_is_a_post_where_something_is_shown_and_an_end_elsewhere() -> None:
    shown, quiet, muted = Named(), Named(), Parts(Says("billing", GOOD))
    muted.store.talk = conversation(owned_by_human=True)

    await Parts(Says("billing", GOOD)).desk.turn("m1", shown)
    await muted.desk.turn("m1", quiet)

    assert (shown.names[0], shown.names[-1]) == ("gate", "post")
    assert quiet.names == ["gate", "end"]
