"""What the facts of an erasure do: delete texts, and end what they were needed for."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection, delete, insert, select, update

from router.human_facts import ErasureRequested
from storage import cards
from storage.change_tables import CHANGE, ChangeState
from storage.human_tables import CARD, HUMAN_REPLY, CardState
from storage.ledger.append import Entry
from storage.ledger.tables import PAYLOAD
from storage.privacy.facts import Basis, PayloadErased, TicketForgotten
from storage.privacy.tables import ERASURE, ErasureState
from storage.state import effect
from storage.step_tables import TURN_MEMO
from storage.tables import MESSAGE, TICKET, TurnState

_NAME = 12
_UNDECIDED = (ChangeState.PROPOSED, ChangeState.CONFIRMED)
OPEN = (ErasureState.REQUESTED, ErasureState.HELD, ErasureState.APPROVED, ErasureState.ERASED)
"""States of an erasure that is still to come, or on its way."""


def wished(fact: ErasureRequested, entry: Entry, connection: Connection) -> None:
    """A requester wants to be forgotten: an erasure that waits for somebody's approval."""
    person = connection.execute(
        select(TICKET.c.subject_ref).where(TICKET.c.id == fact.ticket)
    ).scalar_one()
    kind, _, actor = fact.actor.partition(":")
    ref = actor if kind == "human" and len(actor) == len(person) else person
    if under_way(connection, ref) is not None:
        return
    connection.execute(
        insert(ERASURE),
        {
            "id": f"E-{entry.id[-_NAME:].upper()}",
            "state": ErasureState.REQUESTED,
            "basis": Basis.CONSENT_WITHDRAWN,
            "subject_ref": ref,
            "ticket_id": fact.ticket,
            "requested_by": fact.actor,
            "requested_us": entry.rec_us,
            "texts": 0,
            "entries": 0,
            "tickets": 0,
        },
    )


def under_way(connection: Connection, person: str) -> str | None:
    """The erasure of a person that has not ended, or None."""
    query = select(ERASURE.c.id).where(ERASURE.c.subject_ref == person, ERASURE.c.state.in_(OPEN))
    found: str | None = connection.execute(query).scalar()
    return found


@effect.register
def _(fact: PayloadErased, entry: Entry, connection: Connection) -> None:
    """The texts are gone."""
    by_fields: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for one in fact.erased:
        by_fields[tuple(sorted(one.commit))].append(one.entry)
    for fields, entries in by_fields.items():
        which = PAYLOAD.c.entry_id.in_(entries) & PAYLOAD.c.field.in_(fields)
        connection.execute(delete(PAYLOAD).where(which))


@effect.register
def _(fact: TicketForgotten, entry: Entry, connection: Connection) -> None:
    """Nothing of the ticket goes out any more, and its cards show that there is nothing left."""
    closed = {"owned_by_human": 0, "owned_by": None}
    connection.execute(
        update(TICKET)
        .where(TICKET.c.id == fact.ticket)
        .values(asked="[]", asked_entry=None, updated_us=entry.rec_us, **closed)
    )
    connection.execute(
        update(MESSAGE)
        .where(MESSAGE.c.ticket_id == fact.ticket, MESSAGE.c.turn_state != TurnState.ENDED)
        .values(turn_state=TurnState.ENDED)
    )
    connection.execute(
        delete(HUMAN_REPLY).where(
            HUMAN_REPLY.c.ticket_id == fact.ticket, HUMAN_REPLY.c.place.is_(None)
        )
    )
    messages = select(MESSAGE.c.id).where(MESSAGE.c.ticket_id == fact.ticket)
    connection.execute(delete(TURN_MEMO).where(TURN_MEMO.c.message_id.in_(messages)))
    connection.execute(
        update(CHANGE)
        .where(CHANGE.c.ticket_id == fact.ticket, CHANGE.c.state.in_(_UNDECIDED))
        .values(state=ChangeState.DECLINED, changed_us=entry.rec_us)
    )
    connection.execute(
        update(CHANGE)
        .where(CHANGE.c.ticket_id == fact.ticket, CHANGE.c.state == ChangeState.BEGUN)
        .values(state=ChangeState.UNCLEAR, changed_us=entry.rec_us)
    )
    gone = {"state": CardState.RESOLVED, "draft_entry": None, "edit_entry": None, "entries": "[]"}
    cards.change(connection, entry, CARD.c.ticket_id == fact.ticket, **gone)
