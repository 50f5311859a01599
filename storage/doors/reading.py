"""What the API shows of tickets: lists by key, and one ticket with all that was said."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from frontdesk import Author
from router.notice_facts import Audience
from storage import reading
from storage.conversations import microseconds, moment
from storage.doors.tables import DOOR_TICKET, SATISFACTION
from storage.human_tables import HUMAN_REPLY
from storage.ledger.keys import Keys
from storage.ledger.tables import ENTRY, INDEX
from storage.narrowing import narrowed_to
from storage.notice_tables import NOTICE, NoticeState
from storage.store import SqlStore
from storage.tables import MESSAGE, POST, TICKET, PostState


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets: everything that is not None must fit. `after` is the last id of a page."""

    status: str | None = None
    specialist: str | None = None
    priority: str | None = None
    source: str | None = None
    since: datetime | None = None
    workspace: str | None = None
    token: str | None = None
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A ticket in a list."""

    id: str
    status: str
    priority: str
    source: str
    workspace: str
    specialist: str | None
    with_staff: bool
    opened: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """One message: `author` is requester, desk, staff or bystander."""

    id: str
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision in short; `entry` is its audit entry. Confidence in basis points."""

    entry: str
    specialist: str | None
    band: str
    decided_by: str
    confidence_bp: int
    reason: str
    escalation: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A ticket in full."""

    listed: Listed
    messages: tuple[Said, ...]
    decisions: tuple[Decided, ...]
    satisfaction: int | None


class DoorReading:
    """The API's questions to one store."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def tickets(self, wanted: Wanted) -> tuple[Listed, ...]:
        """Tickets, newest first."""
        query = select(TICKET).order_by(TICKET.c.id.desc()).limit(wanted.limit)
        equal = {
            TICKET.c.status: wanted.status,
            TICKET.c.specialist: wanted.specialist,
            TICKET.c.priority: wanted.priority,
            TICKET.c.source: wanted.source,
            TICKET.c.workspace: wanted.workspace,
        }
        query = narrowed_to(query, equal)
        if wanted.since is not None:
            query = query.where(TICKET.c.opened_us >= microseconds(wanted.since))
        if wanted.after is not None:
            query = query.where(TICKET.c.id < wanted.after)
        if wanted.token is not None:
            own = select(DOOR_TICKET.c.ticket_id).where(DOOR_TICKET.c.token_id == wanted.token)
            query = query.where(TICKET.c.id.in_(own))
        return await self._store.read(lambda db: tuple(map(_listed, db.execute(query))))

    async def token(self, ticket: str) -> str | None:
        """By which token a ticket came in, or which webhook; None if by neither, or by no door."""
        own = select(DOOR_TICKET.c.token_id).where(DOOR_TICKET.c.ticket_id == ticket)
        return await self._store.read(lambda db: db.execute(own).scalar())

    async def ticket(self, name: str) -> Shown | None:
        """One ticket; None if there is no such one.

        Raises:
            SettingsError: the keys that its texts need are missing.
        """
        keys = reading.need(self._store.keys)

        def job(connection: Connection) -> Shown | None:
            row = connection.execute(select(TICKET).where(TICKET.c.id == name)).one_or_none()
            if row is None:
                return None
            about = select(SATISFACTION.c.score).where(SATISFACTION.c.ticket_id == name)
            return Shown(
                _listed(row),
                _said(connection, keys, name),
                _decisions(connection, name),
                connection.execute(about).scalar(),
            )

        return await self._store.read(job)


def _listed(row: Row[Any]) -> Listed:
    return Listed(
        row.id,
        row.status,
        row.priority,
        row.source,
        row.workspace,
        row.specialist,
        bool(row.owned_by_human),
        moment(row.opened_us),
        moment(row.updated_us),
    )


def _said(connection: Connection, keys: Keys, ticket: str) -> tuple[Said, ...]:
    written = select(MESSAGE).where(MESSAGE.c.ticket_id == ticket, MESSAGE.c.retracted == 0)
    posts = select(POST).where(POST.c.ticket_id == ticket, POST.c.state == PostState.DONE)
    replies = (
        select(HUMAN_REPLY.c.entry_id, INDEX.c.ticket_seq, INDEX.c.at_us)
        .join(INDEX, INDEX.c.entry_id == HUMAN_REPLY.c.entry_id)
        .where(HUMAN_REPLY.c.ticket_id == ticket)
    )
    notices = (
        select(NOTICE.c.entry_id, INDEX.c.ticket_seq, INDEX.c.at_us)
        .join(INDEX, INDEX.c.entry_id == NOTICE.c.entry_id)
        .where(NOTICE.c.ticket_id == ticket, NOTICE.c.audience == Audience.REQUESTER)
        .where(NOTICE.c.state == NoticeState.POSTED)
    )
    desk = Author.DESK.value
    found: list[tuple[int, Said]] = []
    for query, field, by in (
        (written, "text", ""),
        (posts, "post", desk),
        (notices, "notice", desk),
    ):
        found += _of(connection, keys, query, field, by)
    found += _of(connection, keys, replies, "reply", Author.STAFF.value)
    return tuple(said for _, said in sorted(found, key=lambda one: one[0]))


def _of(
    connection: Connection, keys: Keys, query: Any, field: str, author: str
) -> list[tuple[int, Said]]:
    rows = connection.execute(query).all()
    texts = reading.texts_of(connection, keys, [row.entry_id for row in rows], field)
    return [
        (
            row.ticket_seq,
            Said(
                row.id if not author else row.entry_id,
                author or row.author,
                texts.get(row.entry_id, ""),
                moment(row.at_us),
            ),
        )
        for row in rows
    ]


def _decisions(connection: Connection, ticket: str) -> tuple[Decided, ...]:
    query = (
        select(ENTRY.c.id, ENTRY.c.leaf)
        .join(INDEX, INDEX.c.entry_id == ENTRY.c.id)
        .where(INDEX.c.ticket_id == ticket, INDEX.c.kind == "route:decided")
        .order_by(INDEX.c.ticket_seq)
    )
    return tuple(
        _decided(row.id, json.loads(row.leaf)["body"]["decision"])
        for row in connection.execute(query)
    )


def _decided(entry: str, decision: dict[str, Any]) -> Decided:
    return Decided(
        entry,
        decision["specialist"],
        decision["band"],
        decision["decided_by"],
        decision["confidence_bp"],
        decision["reason"],
        decision.get("escalation"),
    )
