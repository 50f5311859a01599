"""What follows from entries for callers of other doors: a callback each, in one transaction.

Every answer, every reply of staff, and every change that ends a ticket or begins it again is told
to whoever brought it, if they said where.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from router.door_facts import CallbackDead, CallbackDelivered
from router.facts import PostDone
from router.human_facts import HumanReplied
from storage.doors.tables import CALLBACK, DOOR_TICKET, CallbackState
from storage.human_tables import HUMAN_REPLY
from storage.ledger import often
from storage.ledger.append import Entry
from storage.state import FOLLOWERS, effect
from storage.tables import POST

_DOOR = select(DOOR_TICKET.c.callback).where(DOOR_TICKET.c.ticket_id == bindparam("ticket"))
_POST = select(POST.c.entry_id).where(POST.c.key == bindparam("key"))


def follow(entry: Entry, connection: Connection) -> None:
    """Write down what an entry means for the caller of its ticket, if it came by another door."""
    told = _TOLD.get(entry.fact.kind)
    if told is None or not _door_of(connection, entry.fact.ticket):
        return
    event, find = told
    source, field = find(entry, connection)
    if not _is_told(connection, entry.fact.ticket, source):
        add(connection, entry, event, source, field)


def take_off_the_wall(entry: Entry, connection: Connection) -> None:
    """Staff's reply to a ticket of another door is never posted in Slack."""
    if isinstance(entry.fact, HumanReplied) and _door_of(connection, entry.fact.ticket) is not None:
        shown = update(HUMAN_REPLY).where(HUMAN_REPLY.c.entry_id == entry.id)
        connection.execute(shown.values(place=f"callback:{entry.id}"))


def _of_post(entry: Entry, connection: Connection) -> tuple[str | None, str]:
    fact = entry.fact
    assert isinstance(fact, PostDone)  # noqa: S101 - this is what its kind means
    row = often.first(connection, _POST, {"key": fact.key})
    return None if row is None else row[0], "post"


def _own_reply(entry: Entry, connection: Connection) -> tuple[str | None, str]:
    return entry.id, "reply"


def _nothing(entry: Entry, connection: Connection) -> tuple[str | None, str]:
    return None, ""


_TOLD: Mapping[str, Any] = {
    PostDone.kind: ("ticket.answered", _of_post),
    HumanReplied.kind: ("ticket.staff_replied", _own_reply),
    "ticket:resolved": ("ticket.resolved", _nothing),
    "ticket:reopened": ("ticket.reopened", _nothing),
    "ticket:closed": ("ticket.closed", _nothing),
}
"""What is told to a caller, by the kind of fact, and where its text is."""


def _door_of(connection: Connection, ticket: str) -> str | None:
    """Where a ticket's answers go: "" for nowhere, None if it did not come by another door."""
    row = often.first(connection, _DOOR, {"ticket": ticket})
    return None if row is None else row[0]


def _is_told(connection: Connection, ticket: str, text_entry: str | None) -> bool:
    """Whether a text is told already: a post may be found twice after a crash."""
    if text_entry is None:
        return False
    query = select(CALLBACK.c.id).where(
        CALLBACK.c.ticket_id == ticket, CALLBACK.c.text_entry == text_entry
    )
    return connection.execute(query).first() is not None


def add(
    connection: Connection, entry: Entry, event: str, text_entry: str | None, field: str
) -> None:
    """Write down that a caller is to be told."""
    row = {
        "id": entry.id,
        "ticket_id": entry.fact.ticket,
        "event": event,
        "field": field,
        "text_entry": text_entry,
        "state": CallbackState.WAITING,
        "tries": 0,
        "next_us": entry.rec_us,
        "held_until_us": 0,
        "at_us": entry.rec_us,
    }
    connection.execute(insert(CALLBACK), row)


@effect.register
def _(fact: CallbackDelivered, entry: Entry, connection: Connection) -> None:
    """The caller has it."""
    change(connection, fact.callback, state=CallbackState.DELIVERED, tries=fact.tries)


@effect.register
def _(fact: CallbackDead, entry: Entry, connection: Connection) -> None:
    """It is not sent any more."""
    change(connection, fact.callback, state=CallbackState.DEAD, tries=fact.tries)


def change(connection: Connection, name: str, **values: object) -> None:
    """Change what is known of a callback."""
    connection.execute(update(CALLBACK).where(CALLBACK.c.id == name).values(values))


FOLLOWERS.extend((follow, take_off_the_wall))
