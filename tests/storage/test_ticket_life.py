"""Whatever is done to a ticket, in whatever order: no impossible state, and an entry for each move.

The real store on a real SQLite file; the entries alone, read back from the record, must tell every
state that the ticket was in.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from frontdesk import Author
from frontdesk.errors import StoreError
from router import human_facts as humans
from router.facts import MessageGated
from router.human_facts import human
from router.records import OutcomeKind, Receipt
from router.ticket_facts import Priority, TicketClosed, TicketReopened
from router.ticket_life import (
    AT_WORK,
    DONE,
    MOVES,
    ReopenReason,
    ResolutionReason,
    TicketStatus,
    after,
)
from storage import clocks
from storage.database import open_store
from storage.human_state import NotPossible
from storage.ledger.tables import ENTRY
from storage.tables import TICKET
from storage.ticket_tables import CLOCK
from storage.tickets import Tickets
from tests.storage import desk

RULES = ("requester", "thanks", "owned_by_human", "retracted", "addressed_to_others", "grouped")
OUTCOMES = tuple(OutcomeKind)
STAFF = human("S1")


class TicketLife(RuleBasedStateMachine):
    """People, the desk and the clock do what they want to one thread."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.store = open_store(f"sqlite:///{self.folder.name}/desk.db", Path(self.folder.name))
        self.names = 0
        self.receipt = self.wrote(Author.REQUESTER)

    def do(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def wrote(self, author: Author) -> Receipt:
        self.names += 1
        name = f"d{self.names}"
        given = desk.delivery(name, source="slack", workspace="T1", conversation="one thread")
        receipt: Receipt = self.do(self.store.receive(replace(given, author=author)))
        return receipt

    def act(self, *facts: Any) -> None:
        with contextlib.suppress(NotPossible):
            self.do(self.store.record(*facts))

    def about(self, **given: Any) -> dict[str, Any]:
        where = {"ticket": self.receipt.ticket, "message": self.receipt.message}
        return {**where, "actor": STAFF, **given}

    @rule(author=st.sampled_from([Author.REQUESTER, Author.STAFF, Author.BYSTANDER]))
    def somebody_writes(self, author: Author) -> None:
        self.receipt = self.wrote(author)

    @rule(name=st.sampled_from(RULES))
    def the_gate_looks(self, name: str) -> None:
        gated = MessageGated(
            **self.about(actor="system:desk"), admitted=name == "requester", rule=name
        )
        self.act(gated)

    @rule()
    def the_router_decides(self) -> None:
        self.act(desk.routed(self.receipt))

    @rule()
    def a_human_is_needed(self) -> None:
        self.act(desk.escalated(self.receipt))

    @rule(kind=st.sampled_from(OUTCOMES))
    def a_turn_ends(self, kind: OutcomeKind) -> None:
        self.act(desk.ended(desk.outcome(self.receipt, kind)))

    @rule()
    def a_draft_waits(self) -> None:
        held = desk.outcome(self.receipt, OutcomeKind.REPLIED)
        texts = {"draft": "Done.", "outcome": desk.OUTCOME.dump_json(held).decode()}
        self.act(humans.DraftHeld(**self.about(actor="system:desk"), texts=texts))

    @rule(asks=st.booleans())
    def staff_replies(self, asks: bool) -> None:
        self.act(humans.HumanReplied(**self.about(), asks=asks, texts={"reply": "So."}))

    @rule(
        fact=st.sampled_from(
            [humans.DraftApproved, humans.HumanTookOver, humans.HandedBack, humans.TicketResolved]
        )
    )
    def staff_acts(self, fact: Any) -> None:
        self.act(fact(**self.about()))

    @rule()
    def staff_sends_it_on(self) -> None:
        again = humans.TicketRerouted(
            **self.about(),
            again=self.receipt.message,
            source=None,
            target="billing",
            role=humans.Role.STAFF,
        )
        self.act(again)

    @rule()
    def staff_reopens(self) -> None:
        self.act(TicketReopened(**self.about(), reason=ReopenReason.BY_STAFF))

    @rule()
    def the_clock_closes(self) -> None:
        self.act(TicketClosed(ticket=self.receipt.ticket, actor="system:clock", days=7))

    @rule(priority=st.sampled_from(Priority), person=st.sampled_from(["", "U1", "U2"]))
    def staff_assigns_and_prioritises(self, priority: Priority, person: str) -> None:
        tickets = Tickets(self.store)
        with contextlib.suppress(NotPossible):
            self.do(tickets.prioritise(self.receipt.ticket, priority, by=STAFF))
            self.do(tickets.assign(self.receipt.ticket, by=STAFF, person=person))

    @precondition(lambda self: self.status in DONE)
    @rule(fact=st.sampled_from([humans.HumanTookOver, humans.TicketResolved, humans.HandedBack]))
    def what_is_done_takes_no_more_acts(self, fact: Any) -> None:
        before = len(self.leaves(self.receipt.ticket))
        with pytest.raises(NotPossible):
            self.do(self.store.record(fact(**self.about())))
        assert len(self.leaves(self.receipt.ticket)) == before

    @precondition(lambda self: self.status not in DONE)
    @rule()
    def what_is_open_is_neither_closed_nor_reopened(self) -> None:
        for fact in (
            TicketClosed(ticket=self.receipt.ticket, actor="system:clock", days=7),
            TicketReopened(**self.about(), reason=ReopenReason.BY_STAFF),
        ):
            with pytest.raises(NotPossible):
                self.do(self.store.record(fact))

    @invariant()
    def entries_alone_tell_every_state(self) -> None:
        for ticket in self.rows(select(TICKET)):
            told, moves = replayed(self.leaves(ticket.id))
            assert told == ticket.status
            assert all(to in MOVES[before] for before, to in moves)
            assert all(leaf["actor"]["id"] for leaf in self.leaves(ticket.id))

    @invariant()
    def a_done_ticket_says_why_and_nobody_owns_it(self) -> None:
        for ticket in self.rows(select(TICKET)):
            if ticket.status in DONE:
                assert ResolutionReason(ticket.resolution)
                assert not ticket.owned_by_human
            else:
                assert ticket.resolution is None

    @invariant()
    def clocks_run_while_somebody_owes_something(self) -> None:
        status = {ticket.id: ticket.status for ticket in self.rows(select(TICKET))}
        for clock in self.rows(select(CLOCK)):
            spans = clocks.spans(clock.spans)
            running = [ended for _, ended in spans].count(None)
            owes = status[clock.ticket_id] in AT_WORK and clock.ended_us is None
            assert running == int(owes)
            assert all(a <= b for a, b in spans if b is not None)
            assert status[clock.ticket_id] not in DONE or clock.ended_us is not None

    @property
    def status(self) -> TicketStatus:
        wanted = select(TICKET.c.status).where(TICKET.c.id == self.receipt.ticket)
        return TicketStatus(self.rows(wanted)[0].status)

    def rows(self, query: Any) -> list[Any]:
        return list(self.do(self.store.read(lambda db: db.execute(query).all())))

    def leaves(self, ticket: str) -> list[dict[str, Any]]:
        wanted = select(ENTRY.c.leaf).where(ENTRY.c.ticket_id == ticket)
        return [json.loads(row.leaf) for row in self.rows(wanted.order_by(ENTRY.c.ticket_seq))]

    def teardown(self) -> None:
        self.do(self.store.close())
        self.loop.close()
        self.folder.cleanup()


def replayed(
    leaves: Iterable[dict[str, Any]],
) -> tuple[TicketStatus, list[tuple[TicketStatus, TicketStatus]]]:
    """Where a ticket stands by its entries, and all its moves."""
    status, moves = TicketStatus.NEW, []
    for leaf in leaves:
        to = after(status, leaf["type"], leaf["body"])
        if to is not status:
            moves.append((status, to))
        status = to
    return status, moves


TestTicketLife = TicketLife.TestCase
TestTicketLife.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("status", TicketStatus)
def test_every_state_can_be_left_and_reached(status: TicketStatus) -> None:
    assert MOVES[status]
    assert status is TicketStatus.NEW or any(status in to for to in MOVES.values())


def test_store_error_is_what_callers_catch() -> None:
    assert issubclass(NotPossible, StoreError)
