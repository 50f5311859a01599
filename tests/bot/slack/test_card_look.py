"""Cards are within Slack's limits and have nothing live in them, whatever their tickets hold."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.sandbox.block_rules import check_message_blocks
from bot.slack import card_look
from frontdesk import EscalationReason
from router.records import Source
from storage.cases import Case
from storage.human_tables import CardState
from storage.tables import TicketStatus

CASE = Case(
    card="0198",
    ticket="T-1",
    message="M-1",
    source="slack",
    workspace="T1",
    channel="C1",
    conversation="C1:1.0",
    state=CardState.OPEN,
    status=TicketStatus.WAITING_FOR_STAFF,
    reasons=(EscalationReason.UNSURE,),
    notes=("It may be billing.",),
    question="Where is my invoice?",
    draft="",
    sources=(),
    posted=False,
    specialist="billing",
    requester="U1",
    requester_ref="r1",
    owner="",
    owner_ref="",
    by="",
    opened=datetime(2026, 11, 2, 9, tzinfo=UTC),
    place="",
    version=1,
)
TITLES = {"billing": "Billing", "technical": "Technical"}
NASTY = "<!channel> <@U2> <https://evil.example|our site> `x` " * 300


def shown(case: Case) -> str:
    return str(card_look.card(case, TITLES).blocks)


@pytest.mark.parametrize("state", CardState)
@pytest.mark.parametrize("status", TicketStatus)
@pytest.mark.parametrize("draft", ["", NASTY])
def test_slack_takes_the_card(state: CardState, status: TicketStatus, draft: str) -> None:
    sources = (Source(NASTY, "https://help.example/a", "q"),)
    case = replace(CASE, state=state, status=status, draft=draft, sources=sources)
    case = replace(case, question=NASTY, notes=(NASTY, NASTY), reasons=tuple(EscalationReason))
    piece = card_look.card(case, TITLES | {f"s{n}": f"Specialist {n}" * 9 for n in range(150)})
    assert check_message_blocks(piece.blocks)
    assert len(piece.text) < 4_000


def test_nothing_that_somebody_wrote_is_live() -> None:
    text = shown(replace(CASE, question=NASTY, notes=(NASTY,), draft=NASTY))
    assert "<!channel" not in text
    assert "<@U2>" not in text
    assert "<https://evil" not in text


def test_every_reason_is_told_in_words() -> None:
    assert set(card_look.REASONS) == set(EscalationReason)


def test_direct_message_has_no_link_that_staff_could_not_open() -> None:
    text = str(card_look.card(replace(CASE, channel="D1"), TITLES, "https://x.example/p1").blocks)
    assert "in a direct message" in text
    assert "x.example" not in text


def test_closed_ticket_can_be_looked_at_and_not_acted_on() -> None:
    assert "'actions'" not in shown(replace(CASE, status=TicketStatus.CLOSED))


def test_draft_is_offered_for_approval_until_it_is_approved() -> None:
    assert card_look.APPROVE in shown(replace(CASE, draft="Here."))
    approved = replace(CASE, draft="Here.", state=CardState.APPROVED, by="U9")
    assert card_look.APPROVE not in shown(approved)
    assert "Approved by <@U9>; being posted." in shown(approved)
    assert "Approved by <@U9>; posted." in shown(replace(approved, posted=True))
