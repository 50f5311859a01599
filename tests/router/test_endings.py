"""Drafts that wait for staff, and questions that a person sent somewhere."""

from dataclasses import replace

import pytest

from frontdesk import EscalationReason
from router import wording
from router.human_facts import DraftHeld
from router.modes import Mode, ModeRule, Modes
from router.outbox import OUTCOME
from router.records import DecidedBy, OutcomeKind
from tests.router.fakes import Says, conversation
from tests.router.test_flow import GOOD, MADE_UP, PASSAGE, Parts


def drafting(*names: str, says: object = GOOD) -> Parts:
    parts = Parts(Says("billing", says))  # type: ignore[arg-type]
    parts.desk = replace(parts.desk, modes=Modes([ModeRule(name, Mode.DRAFT) for name in names]))
    return parts


@pytest.mark.parametrize("name", ["billing", "*"])
async def test_held_draft_is_on_record_and_not_posted(name: str) -> None:
    parts = drafting(name)
    outcome = await parts.desk.turn("m1")
    assert outcome.kind is OutcomeKind.HELD
    assert outcome.text == wording.HELD
    assert parts.board.said == []
    (held,) = parts.facts(DraftHeld)
    kept = OUTCOME.validate_json(held.texts["outcome"])
    assert (kept.kind, kept.text) == (OutcomeKind.REPLIED, PASSAGE.text)
    assert parts.store.kinds()[-3:] == ["reply:approved", "draft:held", "turn:ended"]


async def test_specialist_that_is_not_named_answers_by_itself() -> None:
    parts = drafting("technical")
    assert (await parts.desk.turn("m1")).kind is OutcomeKind.REPLIED
    assert parts.board.said == [PASSAGE.text]


async def test_rejected_draft_is_no_draft_for_staff_to_let_out() -> None:
    parts = drafting("*", says=MADE_UP)
    assert (await parts.desk.turn("m1")).kind is OutcomeKind.ESCALATED
    assert parts.facts(DraftHeld) == []


async def test_message_that_a_person_sent_to_a_specialist_goes_there() -> None:
    parts = Parts(Says("billing", GOOD), Says("technical", GOOD))
    parts.store.talk = conversation(sent_to="technical")
    (part,) = (await parts.desk.turn("m1")).parts
    assert part.specialist == "technical"
    assert part.decision.decided_by is DecidedBy.HUMAN


async def test_specialist_that_is_gone_since_ends_with_a_human() -> None:  # 7
    parts = Parts(Says("billing", GOOD))
    parts.store.talk = conversation(sent_to="technical")
    (part,) = (await parts.desk.turn("m1")).parts
    assert part.escalation is EscalationReason.SPECIALIST_FAILED
