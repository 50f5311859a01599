"""Intake: keep what arrived, and open or continue its ticket."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from frontdesk import Author
from router.human_facts import human
from router.records import Delivery, Receipt
from storage import clocks, lifecycle
from storage.conversations import microseconds
from storage.facts import MessageReceived, TicketOpened
from storage.ledger import often
from storage.ledger.append import Appender, Entry
from storage.tables import MESSAGE, TICKET, TicketStatus, TurnState

NOT_TIMED = frozenset({"chat", "triage"})
"""Doors behind which nobody waits: a terminal, a file of tickets. Their tickets have no clocks."""

_KNOWN = select(MESSAGE.c.id, MESSAGE.c.ticket_id).where(
    MESSAGE.c.source == bindparam("source"), MESSAGE.c.delivery_id == bindparam("delivery")
)
_OPEN = select(TICKET.c.id).where(
    TICKET.c.source == bindparam("source"),
    TICKET.c.workspace == bindparam("workspace"),
    TICKET.c.conversation == bindparam("conversation"),
    TICKET.c.status != TicketStatus.CLOSED,
)
_NEW_TICKET = insert(TICKET)
_NEW_MESSAGE = insert(MESSAGE)
_QUEUE_UP = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))


def receive(connection: Connection, appender: Appender, delivery: Delivery) -> Receipt:
    """Keep a delivery; a repeat changes nothing."""
    _queue_up(connection, delivery)
    known = _known(connection, delivery)
    if known is not None:
        return Receipt(known.id, known.ticket_id, new=False)
    person = appender.keys.subjects.ref(delivery.source, delivery.workspace, delivery.author_id)
    ticket = _open_ticket(connection, delivery)
    opens = ticket is None
    if ticket is None:
        ticket = _opened(connection, appender, delivery, person)
    message = appender.names.short("M", appender.now_us())
    facts = _facts(delivery, ticket, message)
    entry = appender.append(connection, facts if opens else facts[1:], subject=person)[-1]
    often.run(connection, _NEW_MESSAGE, [_row(delivery, message, person, entry)])
    if delivery.author is Author.STAFF:
        lifecycle.follow(entry, connection)
    return Receipt(message, ticket, new=True)


def _queue_up(connection: Connection, delivery: Delivery) -> None:
    """Deliveries to one conversation one after the other; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        name = "\n".join((delivery.source, delivery.workspace, delivery.conversation))
        often.run(connection, _QUEUE_UP, [{"name": name}])


def _known(connection: Connection, delivery: Delivery) -> Any:
    names = {"source": delivery.source, "delivery": delivery.id}
    return often.one(connection, _KNOWN, names)


def _open_ticket(connection: Connection, delivery: Delivery) -> str | None:
    names = {
        "source": delivery.source,
        "workspace": delivery.workspace,
        "conversation": delivery.conversation,
    }
    row = often.first(connection, _OPEN, names)
    return None if row is None else str(row[0])


def _opened(connection: Connection, appender: Appender, delivery: Delivery, person: str) -> str:
    now = appender.now_us()
    ticket = appender.names.short("T", now)
    row = {
        "id": ticket,
        "source": delivery.source,
        "workspace": delivery.workspace,
        "channel": delivery.channel,
        "conversation": delivery.conversation,
        "status": TicketStatus.NEW,
        "subject_ref": person,
        "opened_us": now,
        "updated_us": now,
        "questions": 0,
        "asked": "[]",
        "owned_by_human": 0,
    }
    often.run(connection, _NEW_TICKET, [row])
    appender.open(connection, ticket)
    if delivery.source not in NOT_TIMED:
        clocks.begin(connection, ticket, now)
    return ticket


def _facts(delivery: Delivery, ticket: str, message: str) -> tuple[TicketOpened, MessageReceived]:
    actor = human(delivery.author)
    opened = TicketOpened(
        ticket=ticket,
        actor=actor,
        message=message,
        source=delivery.source,
        workspace=delivery.workspace,
        channel=delivery.channel,
        conversation=delivery.conversation,
    )
    received = MessageReceived(
        ticket=ticket,
        actor=actor,
        message=message,
        source=delivery.source,
        delivery=delivery.id,
        author=delivery.author,
        written_us=microseconds(delivery.at),
        texts={"text": _unicode(delivery.text)},
    )
    return opened, received


def _row(delivery: Delivery, message: str, person: str, entry: Entry) -> dict[str, Any]:
    return {
        "id": message,
        "ticket_id": entry.fact.ticket,
        "ticket_seq": entry.seq,
        "entry_id": entry.id,
        "source": delivery.source,
        "delivery_id": delivery.id,
        "author": delivery.author,
        "addressee": delivery.addressee,
        "subject_ref": person,
        "at_us": microseconds(delivery.at),
        "received_us": entry.rec_us,
        "turn_state": TurnState.PENDING,
        "ended_entry": None,
    }


def _unicode(text: str) -> str:
    """The text without halves of characters, which broken senders make: it must not be lost."""
    return text.encode("utf-8", "replace").decode()
