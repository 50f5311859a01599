"""Asking a question again: a new turn about what a message said before, for a chosen specialist."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from router.records import Addressee
from storage.ledger.append import Appender, Entry
from storage.tables import MESSAGE, TurnState


def name(appender: Appender) -> str:
    """The name of a new turn's message."""
    return appender.names.short("M", appender.now_us())


def ask(connection: Connection, message: str, entry: Entry, specialist: str) -> None:
    """Let `specialist` answer `message` again; `entry` names the new turn and holds the text."""
    old = connection.execute(select(MESSAGE).where(MESSAGE.c.id == message)).one()
    row = old._asdict() | {
        "id": entry.fact.message,
        "ticket_seq": entry.seq,
        "entry_id": entry.id,
        "delivery_id": f"{old.delivery_id}:again:{entry.fact.message}",
        "received_us": entry.rec_us,
        "addressee": Addressee.DESK,
        "retracted": 0,
        "grouped_into": None,
        "turn_state": TurnState.PENDING,
        "ended_entry": None,
        "sent_to": specialist,
    }
    connection.execute(insert(MESSAGE), row)
