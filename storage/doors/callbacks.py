"""Callbacks: what a caller is to be told, written down in the transaction in which it happens.

So nothing is forgotten when a process dies, and each is sent until the caller took it: at least
once, under a name that stays the same, with longer and longer pauses, in the end not any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

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


class Callbacks:
    """The callbacks of one store, for whoever sends them."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def take(self, limit: int = 20) -> Sequence[Due]:
        """What is due, oldest first; nobody else gets it for a while."""
        wanted = (
            select(CALLBACK, DOOR_TICKET.c.callback, DOOR_TICKET.c.token_id, TICKET.c.status)
            .join(DOOR_TICKET, DOOR_TICKET.c.ticket_id == CALLBACK.c.ticket_id)
            .join(TICKET, TICKET.c.id == CALLBACK.c.ticket_id)
            .where(CALLBACK.c.state == CallbackState.WAITING)
            .order_by(CALLBACK.c.next_us, CALLBACK.c.id)
            .limit(limit)
            .with_for_update(of=CALLBACK, skip_locked=True)
        )

        def job(connection: Connection, appender: Appender) -> Sequence[Due]:
            now = appender.now_us()
            free = (CALLBACK.c.next_us <= now) & (CALLBACK.c.held_until_us <= now)
            rows = connection.execute(wanted.where(free)).all()
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

    async def failed(self, due: Due, fault: str, *, forever: bool = False) -> None:
        """The caller did not take it: try again later, or not any more."""
        if forever or due.tries >= len(PAUSES):
            fact = CallbackDead(
                ticket=due.ticket,
                actor=THE_DESK,
                callback=due.id,
                event=due.event,
                tries=due.tries + 1,
                fault=fault,
            )
            await self._store.record(fact)
            return
        pause = PAUSES[due.tries] * SECOND

        def job(connection: Connection, appender: Appender) -> None:
            later = {"tries": due.tries + 1, "next_us": appender.now_us() + pause}
            change(connection, due.id, **later, held_until_us=0)

        await self._store.write(job)

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
