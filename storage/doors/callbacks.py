"""Callbacks: what a caller is to be told, written down in the transaction in which it happens.

So nothing is forgotten when a process dies, and each is sent until the caller took it: at least
once, under a name that stays the same, with longer and longer pauses, in the end not any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, false, not_, or_, select

from frontdesk.errors import StoreError
from router.door_facts import CallbackDead, CallbackDelivered
from router.facts import Fact
from router.notice_facts import Audience, NoticePosted
from router.outbox import DESK as THE_DESK
from storage import reading, state
from storage.conversations import moment
from storage.doors.following import add, change
from storage.doors.places import DOORS
from storage.doors.tables import CALLBACK, DOOR_TICKET, CallbackState
from storage.ledger.append import Appender
from storage.notice_tables import NOTICE, NoticeState
from storage.store import SqlStore
from storage.tables import TICKET

SECOND = 1_000_000
PAUSES = (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
"""Seconds to wait after each failed try; after the last one it is given up, two days later."""

HELD_US = 60 * SECOND
"""How long a process may be at a callback: longer than sending it can take."""

EACH = 10
"""Callbacks that one receiver gets at the same time."""

_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Due:
    """A callback to send. `id` stays the same however often it is sent; `text` is "" if erased."""

    id: str
    ticket: str
    event: str
    text: str
    status: str
    url: str
    token: str
    tries: int
    at: datetime

    @property
    def receiver(self) -> str:
        """Who takes it: the address without its path."""
        return receiver(self.url)


def receiver(url: str) -> str:
    """Whose address it is: all before the path."""
    return "/".join(url.split("/", 3)[:3])


class Callbacks:
    """The callbacks of one store, for whoever sends them."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def take(self, receivers: int = 20, but: Collection[str] = ()) -> Sequence[Due]:
        """What is due, oldest first, for so many receivers; nobody else gets it for a while.

        Of each ticket there is one, so that each is out of hand in the time that one takes; of each
        receiver there are some, and none of those in `but`, who have not taken their last ones yet.
        """
        wanted = (
            select(CALLBACK, DOOR_TICKET.c.callback, DOOR_TICKET.c.token_id, TICKET.c.status)
            .join(DOOR_TICKET, DOOR_TICKET.c.ticket_id == CALLBACK.c.ticket_id)
            .join(TICKET, TICKET.c.id == CALLBACK.c.ticket_id)
            .where(CALLBACK.c.state == CallbackState.WAITING, not_(_goes_to(but)))
            .order_by(CALLBACK.c.next_us, CALLBACK.c.id)
            .limit(_LOOKED_AT)
            .with_for_update(of=CALLBACK, skip_locked=True)
        )

        def job(connection: Connection, appender: Appender) -> Sequence[Due]:
            now = appender.now_us()
            free = (CALLBACK.c.next_us <= now) & (CALLBACK.c.held_until_us <= now)
            found = connection.execute(wanted.where(free, not_(_has_an_earlier(now)))).all()
            rows = _some_of_each(found, receivers)
            for row in rows:
                change(connection, row.id, held_until_us=now + HELD_US)
            return [_due(connection, appender, row) for row in rows]

        return await self._store.write(job)

    async def waiting(self) -> bool:
        """Whether anything may be due; a cheap look before the others."""
        query = select(CALLBACK.c.id).where(CALLBACK.c.state == CallbackState.WAITING).limit(1)
        return await self._store.read(lambda db: db.execute(query).scalar() is not None)

    async def delivered(self, due: Due, status: int) -> None:
        """The caller took it."""
        await self._store.record(
            CallbackDelivered(
                ticket=due.ticket,
                actor=THE_DESK,
                callback=due.id,
                event=due.event,
                tries=due.tries + 1,
                status=status,
            )
        )

    async def dropped(self, due: Due, fault: str) -> None:
        """It was not sent, and will not be."""
        await self._given_up(due, fault, due.tries)

    async def failed(self, due: Due, fault: str, *, forever: bool = False) -> None:
        """The caller did not take it: try again later, or not any more."""
        if forever or due.tries >= len(PAUSES):
            await self._given_up(due, fault, due.tries + 1)
            return
        pause = PAUSES[due.tries] * SECOND

        def job(connection: Connection, appender: Appender) -> None:
            later = {"tries": due.tries + 1, "next_us": appender.now_us() + pause}
            change(connection, due.id, **later, held_until_us=0)

        await self._store.write(job)

    async def _given_up(self, due: Due, fault: str, tries: int) -> None:
        fact = CallbackDead(
            ticket=due.ticket,
            actor=THE_DESK,
            callback=due.id,
            event=due.event,
            tries=tries,
            fault=fault,
        )
        await self._store.record(fact)

    async def follow_notices(self) -> int:
        """Let notices to requesters of the other doors go out as callbacks; give how many."""
        query = (
            select(NOTICE, DOOR_TICKET.c.callback)
            .join(TICKET, TICKET.c.id == NOTICE.c.ticket_id)
            .join(DOOR_TICKET, DOOR_TICKET.c.ticket_id == NOTICE.c.ticket_id)
            .where(NOTICE.c.state == NoticeState.WAITING)
            .where(NOTICE.c.audience == Audience.REQUESTER, TICKET.c.source.in_(DOORS))
            .order_by(NOTICE.c.at_us)
            .limit(50)
        )

        def job(connection: Connection, appender: Appender) -> int:
            rows = connection.execute(query.with_for_update(of=NOTICE, skip_locked=True)).all()
            for row in rows:
                _notice_goes_out(connection, appender, row)
            return len(rows)

        if not await self._store.read(lambda db: db.execute(query).first()):
            return 0
        return await self._store.write(job)


def _goes_to(receivers: Collection[str]) -> ColumnElement[bool]:
    """Whether a callback goes to one of these receivers."""
    url = DOOR_TICKET.c.callback
    ones = (or_(url == one, url.startswith(f"{one}/", autoescape=True)) for one in receivers)
    return or_(false(), *ones)


def _has_an_earlier(now: int) -> ColumnElement[bool]:
    """Whether an earlier callback of the same ticket is to be sent first.

    One that waits for its next try holds up nothing.
    """
    earlier = CALLBACK.alias()
    return exists().where(
        earlier.c.ticket_id == CALLBACK.c.ticket_id,
        earlier.c.id < CALLBACK.c.id,
        earlier.c.state == CallbackState.WAITING,
        earlier.c.next_us <= now,
    )


def _some_of_each(rows: Sequence[Row[Any]], receivers: int) -> Sequence[Row[Any]]:
    """The first ones of the first receivers."""
    taken: Counter[str] = Counter()
    some = []
    for row in rows:
        who = receiver(row.callback)
        if taken.get(who, 0) < EACH and (who in taken or len(taken) < receivers):
            taken[who] += 1
            some.append(row)
    return some


def _notice_goes_out(connection: Connection, appender: Appender, row: Row[Any]) -> None:
    fact: Fact = NoticePosted(
        ticket=row.ticket_id, actor=THE_DESK, key=row.key, external=f"callback:{row.entry_id}"
    )
    (entry,) = state.record(connection, appender, (fact,))
    if row.callback:
        add(connection, entry, "ticket.notice", row.entry_id, "notice")


def _due(connection: Connection, appender: Appender, row: Row[Any]) -> Due:
    return Due(
        id=row.id,
        ticket=row.ticket_id,
        event=row.event,
        text=_text(connection, appender, row),
        status=row.status,
        url=row.callback,
        token=row.token_id,
        tries=row.tries,
        at=moment(row.at_us),
    )


def _text(connection: Connection, appender: Appender, row: Row[Any]) -> str:
    if row.text_entry is None:
        return ""
    try:
        return reading.text(connection, appender.keys, row.text_entry, row.field)
    except StoreError:  # whoever it is about was forgotten since
        return ""
