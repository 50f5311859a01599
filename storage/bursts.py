"""Several messages answered as one: which belong together, and what they say together.

A message whose turn came to nothing because its author went on writing is grouped into the next
one. Nothing that somebody asked is lost that way, whoever is quicker, and every message still has
a turn of its own on record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, or_, select, update

from frontdesk import Author
from router.records import Addressee, Superseded
from storage.ledger import often
from storage.tables import MESSAGE, TurnState


def _same_person(person: Any) -> Any:
    return (
        (MESSAGE.c.author == Author.REQUESTER)
        & (MESSAGE.c.subject_ref == person)
        & (MESSAGE.c.addressee != Addressee.OTHERS)
    )


_GROUPED = (
    select(MESSAGE)
    .where(MESSAGE.c.grouped_into == bindparam("message"), MESSAGE.c.retracted == 0)
    .order_by(MESSAGE.c.at_us, MESSAGE.c.ticket_seq)
)
_NEWER = (
    select(MESSAGE.c.author)
    .where(
        MESSAGE.c.ticket_id == bindparam("ticket"),
        MESSAGE.c.ticket_seq > bindparam("ticket_seq"),
        MESSAGE.c.retracted == 0,
        or_(_same_person(bindparam("person")), MESSAGE.c.author == Author.STAFF),
    )
    .order_by(MESSAGE.c.ticket_seq.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Burst:
    """Earlier messages that the turn about one message answers too, oldest first."""

    earlier: tuple[Any, ...] = ()

    def addressee(self, own: str) -> Addressee:
        """The desk is addressed by all of them if it is by one."""
        addressees = [one.addressee for one in self.earlier] + [own]
        return Addressee.DESK if Addressee.DESK in addressees else Addressee(own)


def burst(connection: Connection, message: str) -> Burst:
    """What is grouped into a message."""
    return Burst(tuple(often.rows(connection, _GROUPED, {"message": message})))


def superseded(connection: Connection, message: Any, earlier: Burst) -> Superseded:
    """What has overtaken a message."""
    if message.retracted and not earlier.earlier:
        return Superseded.RETRACTED
    place = {"ticket": message.ticket_id, "ticket_seq": message.ticket_seq}
    newer = often.first(connection, _NEWER, {**place, "person": message.subject_ref})
    if newer is None:
        return Superseded.RETRACTED if message.retracted else Superseded.NO
    return Superseded.STAFF if newer[0] == Author.STAFF else Superseded.NEWER_MESSAGE


def group(connection: Connection, message: str) -> None:
    """Let the next message of the same person answer this one and all grouped into it."""
    own = connection.execute(select(MESSAGE).where(MESSAGE.c.id == message)).one()
    following = _next(connection, own)
    if following is not None:
        these = or_(MESSAGE.c.id == message, MESSAGE.c.grouped_into == message)
        _move(connection, these, following)


def retract(connection: Connection, message: str) -> None:
    """Take a message back; what was grouped into it is answered by the next, or asks again."""
    connection.execute(update(MESSAGE).where(MESSAGE.c.id == message).values(retracted=1))
    own = connection.execute(select(MESSAGE).where(MESSAGE.c.id == message)).one()
    orphans = burst(connection, message).earlier
    if not orphans:
        return
    following = _next(connection, own)
    if following is None:
        following = orphans[-1].id
        again = {"turn_state": TurnState.PENDING, "ended_entry": None, "grouped_into": None}
        connection.execute(update(MESSAGE).where(MESSAGE.c.id == following).values(again))
    _move(connection, MESSAGE.c.grouped_into == message, following)


def _next(connection: Connection, message: Row[Any]) -> str | None:
    following = (
        select(MESSAGE.c.id)
        .where(
            MESSAGE.c.ticket_id == message.ticket_id,
            MESSAGE.c.ticket_seq > message.ticket_seq,
            MESSAGE.c.retracted == 0,
            _same_person(message.subject_ref),
        )
        .order_by(MESSAGE.c.ticket_seq)
        .limit(1)
    )
    return connection.execute(following).scalar()


def _move(connection: Connection, which: Any, following: str) -> None:
    values = {"grouped_into": following}
    connection.execute(update(MESSAGE).where(which, MESSAGE.c.id != following).values(values))
