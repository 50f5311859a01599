"""What is done to tickets besides their turns; one function a kind of fact, as in `state.py`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from router import ticket_facts as facts
from router.facts import Fact
from router.ticket_life import DONE, TicketStatus
from storage import cards, clocks
from storage.human_tables import CARD, CardState
from storage.ledger.append import Entry
from storage.lifecycle import NotPossible
from storage.state import effect
from storage.tables import TICKET
from storage.ticket_tables import LINK, TAG


@effect.register
def _(fact: facts.TicketReopened, entry: Entry, connection: Connection) -> None:
    """Its thread must have no other ticket by now. What waited about it waits again."""
    ticket = _ticket(connection, fact)
    others = select(TICKET.c.id).where(
        TICKET.c.source == ticket.source,
        TICKET.c.workspace == ticket.workspace,
        TICKET.c.conversation == ticket.conversation,
        TICKET.c.status != TicketStatus.CLOSED,
        TICKET.c.id != ticket.id,
    )
    other = connection.execute(others).scalar()
    if other is not None:
        told = f"{ticket.id} cannot be reopened: {other} is open in the same thread"
        raise NotPossible("another_open", told=told)
    which = (CARD.c.ticket_id == ticket.id) & (CARD.c.state == CardState.RESOLVED)
    cards.change(connection, entry, which, state=CardState.OPEN)


@effect.register
def _(fact: facts.TicketAssigned, entry: Entry, connection: Connection) -> None:
    """It is theirs now, instead of whose it was."""
    values = {"assignee_ref": fact.person, "assigned_group": fact.group}
    _change(connection, fact, entry, values)
    clocks.reckon_anew(connection, fact.ticket)


@effect.register
def _(fact: facts.TicketPrioritised, entry: Entry, connection: Connection) -> None:
    """Deadlines are worked out anew; the time that was used is kept."""
    values: dict[str, Any] = {"priority": fact.priority, "priority_by": "staff"}
    if fact.urgency is not None:
        values["urgency"] = fact.urgency
    _change(connection, fact, entry, values)
    clocks.reckon_anew(connection, fact.ticket)


@effect.register
def _(fact: facts.TicketTagged, entry: Entry, connection: Connection) -> None:
    """A tag is there once, however often it is given."""
    _ticket(connection, fact)
    gone = TAG.c.tag.in_((*fact.added, *fact.removed))
    connection.execute(delete(TAG).where(TAG.c.ticket_id == fact.ticket, gone))
    if fact.added:
        rows = [{"ticket_id": fact.ticket, "tag": tag} for tag in sorted(set(fact.added))]
        connection.execute(insert(TAG), rows)


@effect.register
def _(fact: facts.TicketLinked, entry: Entry, connection: Connection) -> None:
    """The two belong together in this way, or do not any more."""
    _ticket(connection, fact)
    if fact.other == fact.ticket:
        raise NotPossible("itself", told="a ticket cannot be linked to itself")
    if connection.execute(select(TICKET.c.id).where(TICKET.c.id == fact.other)).first() is None:
        raise NotPossible("unknown", told=f"there is no ticket {fact.other}")
    row = {"ticket_id": fact.ticket, "other_id": fact.other, "link": fact.link}
    same = [LINK.c[name] == value for name, value in row.items()]
    connection.execute(delete(LINK).where(*same))
    if not fact.removed:
        connection.execute(insert(LINK), row)


def _change(connection: Connection, fact: Fact, entry: Entry, values: dict[str, Any]) -> None:
    """Change an open ticket; its cards show it."""
    ticket = _ticket(connection, fact)
    if ticket.status in DONE:
        told = f"{ticket.id} is {ticket.status}: reopen it first"
        raise NotPossible("resolved", told=told)
    connection.execute(
        update(TICKET).where(TICKET.c.id == ticket.id).values(updated_us=entry.rec_us, **values)
    )
    cards.change(connection, entry, CARD.c.ticket_id == ticket.id)


def _ticket(connection: Connection, fact: Fact) -> Row[Any]:
    return connection.execute(select(TICKET).where(TICKET.c.id == fact.ticket)).one()
