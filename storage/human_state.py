"""What the acts of people do to tickets and cards; one function a kind of fact.

Each checks in its own transaction that the act is still possible: of two people who press the same
button, one is too late, and nothing is recorded for that one.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from frontdesk import EscalationReason
from router import human_facts as facts
from router.facts import Fact
from router.human_facts import actor_name
from router.ticket_life import DONE
from storage import cards
from storage.human_tables import CARD, FEEDBACK, HUMAN_REPLY, CardState
from storage.ledger.append import Entry
from storage.lifecycle import NotPossible as NotPossible  # noqa: PLC0414 - found here by all
from storage.privacy import state as erasing
from storage.state import effect
from storage.tables import TICKET


@effect.register
def _(fact: facts.DraftHeld, entry: Entry, connection: Connection) -> None:
    """Staff gets a card with the draft."""
    cards.open_card(connection, entry, draft=True)


@effect.register
def _(fact: facts.DraftApproved, entry: Entry, connection: Connection) -> None:
    """The draft may go out, once."""
    _open_ticket(connection, fact)
    card = _card(connection, fact)
    if card.state != CardState.OPEN or card.draft_entry is None:
        raise NotPossible(str(card.state), card.by_ref)
    edited = entry.id if fact.edited else None
    values = {"state": CardState.APPROVED, "by_ref": actor_name(fact.actor), "edit_entry": edited}
    cards.change(connection, entry, CARD.c.id == card.id, **values)


@effect.register
def _(fact: facts.HumanTookOver, entry: Entry, connection: Connection) -> None:
    """The desk is mute from here on."""
    ticket = _open_ticket(connection, fact)
    if ticket.owned_by_human:
        raise NotPossible("taken_over", ticket.owned_by)
    _set(connection, fact, entry, owned_by_human=1, owned_by=actor_name(fact.actor))
    _taken(connection, fact, entry)


@effect.register
def _(fact: facts.HumanReplied, entry: Entry, connection: Connection) -> None:
    """It is to be posted; who answers has the ticket."""
    ticket = _open_ticket(connection, fact)
    person = actor_name(fact.actor)
    if ticket.owned_by_human and ticket.owned_by != person:
        raise NotPossible("taken_over", ticket.owned_by)
    row = {"entry_id": entry.id, "ticket_id": fact.ticket, "by_ref": person}
    connection.execute(insert(HUMAN_REPLY), row)
    _set(connection, fact, entry, owned_by_human=1, owned_by=person)
    _taken(connection, fact, entry)


@effect.register
def _(fact: facts.HandedBack, entry: Entry, connection: Connection) -> None:
    """The desk listens again."""
    if not _open_ticket(connection, fact).owned_by_human:
        raise NotPossible("with_the_desk")
    _set(connection, fact, entry, owned_by_human=0, owned_by=None)
    cards.change(connection, entry, CARD.c.ticket_id == fact.ticket)
    done = (CARD.c.ticket_id == fact.ticket) & CARD.c.draft_entry.is_(None)
    values = {"state": CardState.WITH_DESK, "by_ref": actor_name(fact.actor)}
    cards.change(connection, entry, done & (CARD.c.state == CardState.OPEN), **values)


@effect.register
def _(fact: facts.TicketResolved, entry: Entry, connection: Connection) -> None:
    """Nobody owns it any more, and no card waits."""
    _open_ticket(connection, fact)
    _set(connection, fact, entry, owned_by_human=0, owned_by=None)
    values = {"state": CardState.RESOLVED, "by_ref": actor_name(fact.actor)}
    cards.change(connection, entry, CARD.c.ticket_id == fact.ticket, **values)


@effect.register
def _(fact: facts.TicketRerouted, entry: Entry, connection: Connection) -> None:
    """The desk has it again; what waited about the old message waits no more."""
    _open_ticket(connection, fact)
    _set(connection, fact, entry, owned_by_human=0, owned_by=None, specialist=fact.target)
    values = {"state": CardState.REROUTED, "by_ref": actor_name(fact.actor)}
    which = (CARD.c.message_id == fact.again) & (CARD.c.state == CardState.OPEN)
    cards.change(connection, entry, which, **values)


@effect.register
def _(fact: facts.TicketPlaced, entry: Entry, connection: Connection) -> None:
    """It has a thread now."""
    _set(connection, fact, entry, channel=fact.channel, conversation=fact.conversation)


@effect.register
def _(fact: facts.FeedbackGiven, entry: Entry, connection: Connection) -> None:
    """The latest opinion counts; the entries keep them all."""
    person = actor_name(fact.actor)
    which = (FEEDBACK.c.message_id == fact.message) & (FEEDBACK.c.person_ref == person)
    connection.execute(delete(FEEDBACK).where(which))
    row = {"message_id": fact.message, "person_ref": person, "vote": fact.vote}
    connection.execute(insert(FEEDBACK), {**row, "at_us": entry.rec_us})


@effect.register
def _(fact: facts.ErasureRequested, entry: Entry, connection: Connection) -> None:
    """Staff has to see to it, and a privacy officer to approve it."""
    cards.open_card(connection, entry, EscalationReason.POLICY)
    erasing.wished(fact, entry, connection)


def _taken(connection: Connection, fact: Fact, entry: Entry) -> None:
    """Show on all cards who has the ticket; what the desk had again waits again."""
    which = CARD.c.ticket_id == fact.ticket
    cards.change(connection, entry, which)
    back = which & (CARD.c.state == CardState.WITH_DESK)
    cards.change(connection, entry, back, state=CardState.OPEN)


def _open_ticket(connection: Connection, fact: Fact) -> Row[Any]:
    ticket = connection.execute(select(TICKET).where(TICKET.c.id == fact.ticket)).one()
    if ticket.status in DONE:
        raise NotPossible("resolved", told=f"{ticket.id} is {ticket.status}: reopen it first")
    return ticket


def _card(connection: Connection, fact: Fact) -> Row[Any]:
    card = connection.execute(select(CARD).where(CARD.c.message_id == fact.message)).one_or_none()
    if card is None:
        raise NotPossible("no_draft")
    return card


def _set(connection: Connection, fact: Fact, entry: Entry, **values: object) -> None:
    connection.execute(
        update(TICKET)
        .where(TICKET.c.id == fact.ticket)
        .values({"updated_us": entry.rec_us, **values})
    )
