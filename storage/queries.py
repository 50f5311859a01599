"""Questions that people ask of the record: lists, and one ticket or entry in full.

Lists are pages by key: pass the last id of a page to get the next one. Ids may be given by any
beginning or ending that fits only one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, or_, select

from frontdesk import Author
from frontdesk.errors import StoreError
from router.records import ThreadMessage
from storage import reading
from storage.conversations import microseconds, moment
from storage.ids import typed
from storage.ledger.keys import Keys
from storage.ledger.tables import ENTRY, INDEX, LEAF
from storage.narrowing import narrowed_to
from storage.store import SqlStore
from storage.tables import MESSAGE, POST, TICKET, PostState, TicketStatus

_MANY = 5


class NotFound(StoreError):  # noqa: N818 - it names what happened
    """Nothing, or more than one thing, goes by the name that was given."""


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket in a list."""

    id: str
    status: TicketStatus
    source: str
    workspace: str
    channel: str
    conversation: str
    specialist: str | None
    questions: int
    owned_by_human: bool
    opened: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry in a list. `log_index` is None while it waits for its place in the log."""

    id: str
    ticket: str
    seq: int
    log_index: int | None
    kind: str
    actor: str
    message: str | None
    at: datetime
    recorded: datetime
    specialist: str | None
    confidence_bp: int | None
    outcome: str | None
    model: str | None
    cost_microusd: int | None


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry in full: the leaf as it was hashed, and the texts it commits to, by field."""

    row: EntryRow
    leaf: Mapping[str, Any]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket in full: what was said, oldest first, and every entry in the order of its chain."""

    row: TicketRow
    messages: tuple[ThreadMessage, ...]
    entries: tuple[EntryView, ...]


class Queries:
    """Reads what the store has kept. Every method raises `StoreError` if it cannot be read."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def tickets(
        self,
        *,
        status: TicketStatus | None = None,
        specialist: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> tuple[TicketRow, ...]:
        """Tickets, newest first."""
        query = select(TICKET).order_by(TICKET.c.id.desc()).limit(limit)
        filters = {TICKET.c.status: status, TICKET.c.specialist: specialist}
        query = narrowed_to(query, filters)
        if after is not None:
            query = query.where(TICKET.c.id < after)
        return await self._store.read(
            lambda connection: tuple(map(ticket_row, connection.execute(query)))
        )

    async def ticket(self, name: str) -> TicketView:
        """One ticket in full.

        Raises:
            NotFound: no ticket, or more than one, goes by this name.
            SettingsError: the keys that its texts need are missing.
        """
        keys = self._store.keys

        def job(connection: Connection) -> TicketView:
            ticket = _resolved(connection, TICKET.c.id, name, "ticket")
            row = connection.execute(select(TICKET).where(TICKET.c.id == ticket)).one()
            entries = indexed().where(INDEX.c.ticket_id == ticket).order_by(INDEX.c.ticket_seq)
            return TicketView(
                ticket_row(row),
                _messages(connection, keys, ticket),
                tuple(_view(connection, keys, one) for one in connection.execute(entries).all()),
            )

        return await self._store.read(job)

    async def entries(
        self,
        *,
        kind: str | None = None,
        ticket: str | None = None,
        specialist: str | None = None,
        since: datetime | None = None,
        limit: int = 50,
        after: str | None = None,
        oldest_first: bool = False,
    ) -> tuple[EntryRow, ...]:
        """Audit entries, newest first unless told. `kind` is a whole kind or its part before `:`.

        Raises:
            NotFound: no ticket, or more than one, goes by the name `ticket`.
        """
        key = INDEX.c.entry_id
        query = narrowed_to(indexed(), {INDEX.c.specialist: specialist})
        if kind is not None:
            same = INDEX.c.kind == kind
            query = query.where(same if ":" in kind else INDEX.c.kind.startswith(kind + ":"))
        if since is not None:
            query = query.where(INDEX.c.rec_us >= microseconds(since))
        if after is not None:
            query = query.where(key > after if oldest_first else key < after)
        query = query.order_by(key if oldest_first else key.desc()).limit(limit)

        def job(connection: Connection) -> tuple[EntryRow, ...]:
            narrowed = query
            if ticket is not None:
                named = chain_named(connection, ticket)
                narrowed = query.where(INDEX.c.ticket_id == named)
            return tuple(map(entry_row, connection.execute(narrowed)))

        return await self._store.read(job)

    async def entry(self, name: str) -> EntryView:
        """One audit entry in full.

        Raises:
            NotFound: no entry, or more than one, goes by this name.
            SettingsError: the keys that its texts need are missing.
        """

        def job(connection: Connection) -> EntryView:
            entry = _resolved(connection, INDEX.c.entry_id, name, "entry")
            row = connection.execute(indexed().where(INDEX.c.entry_id == entry)).one()
            return _view(connection, self._store.keys, row)

        return await self._store.read(job)


def indexed() -> Select[Any]:
    """Entries with their places in the log, as lists show them."""
    return select(INDEX, LEAF.c.log_index).select_from(
        INDEX.outerjoin(LEAF, LEAF.c.entry_id == INDEX.c.entry_id)
    )


def chain_named(connection: Connection, name: str) -> str:
    """A ticket by its name; the chains of what belongs to no ticket by theirs."""
    known = select(INDEX.c.ticket_id).where(INDEX.c.ticket_id == name).limit(1)
    if connection.execute(known).scalar() is not None:
        return name
    return _resolved(connection, TICKET.c.id, name, "ticket")


def entry_named(connection: Connection, name: str) -> str:
    """The only entry whose id is this, or begins or ends with it; or `NotFound`."""
    return _resolved(connection, INDEX.c.entry_id, name, "entry")


def _resolved(connection: Connection, column: Column[Any], typed_name: str, what: str) -> str:
    """The only id that is `typed_name`, or begins or ends with it."""
    name = typed(typed_name) if what == "ticket" else typed_name.strip().lower()
    found = connection.execute(select(column).where(column == name)).scalar()
    if found is not None:
        return str(found)
    begins = [column.startswith(part, autoescape=True) for part in (name, f"T-{name}")]
    fits = or_(*begins, column.endswith(name, autoescape=True))
    ids = connection.execute(select(column).where(fits).order_by(column).limit(_MANY)).scalars()
    names = list(ids) if name else []
    if len(names) == 1:
        return str(names[0])
    if not names:
        raise NotFound(f"there is no {what} {typed_name!r}")
    some = ", ".join(names) + (" and more" if len(names) == _MANY else "")
    raise NotFound(f"{typed_name!r} fits more than one {what}: {some}. Type more of it")


def _messages(connection: Connection, keys: Keys | None, ticket: str) -> tuple[ThreadMessage, ...]:
    """What people wrote and what the desk said, in the order in which it was recorded."""
    written = connection.execute(select(MESSAGE).where(MESSAGE.c.ticket_id == ticket)).all()
    said = connection.execute(
        select(POST).where(POST.c.ticket_id == ticket, POST.c.state == PostState.DONE)
    ).all()
    subjects = reading.need(keys).subjects

    def placed(
        row: Row[Any], name: str, author: Author, person: str, field: str
    ) -> tuple[int, ThreadMessage]:
        text = reading.texts(connection, keys, row.entry_id).get(field, "")
        return row.ticket_seq, ThreadMessage(name, author, person, text, moment(row.at_us))

    messages = [
        placed(row, row.id, Author(row.author), subjects.person(row.subject_ref) or "", "text")
        for row in written
    ]
    posts = [placed(row, row.entry_id, Author.DESK, "desk", "post") for row in said]
    return tuple(message for _, message in sorted([*messages, *posts], key=lambda one: one[0]))


def _view(connection: Connection, keys: Keys | None, row: Row[Any]) -> EntryView:
    leaf = connection.execute(select(ENTRY.c.leaf).where(ENTRY.c.id == row.entry_id)).scalar()
    if leaf is None:
        raise StoreError(f"entry {row.entry_id} is gone: run the audit's verify")
    return EntryView(
        entry_row(row), json.loads(leaf), reading.texts(connection, keys, row.entry_id)
    )


def ticket_row(row: Row[Any]) -> TicketRow:
    """A row of the table, as a ticket in a list."""
    return TicketRow(
        id=row.id,
        status=TicketStatus(row.status),
        source=row.source,
        workspace=row.workspace,
        channel=row.channel,
        conversation=row.conversation,
        specialist=row.specialist,
        questions=row.questions,
        owned_by_human=bool(row.owned_by_human),
        opened=moment(row.opened_us),
        updated=moment(row.updated_us),
    )


def entry_row(row: Row[Any]) -> EntryRow:
    """A row of the search index, with its place in the log, as an entry in a list."""
    return EntryRow(
        id=row.entry_id,
        ticket=row.ticket_id,
        seq=row.ticket_seq,
        log_index=row.log_index,
        kind=row.kind,
        actor=f"{row.actor_type}:{row.actor_id}",
        message=row.message_id,
        at=moment(row.at_us),
        recorded=moment(row.rec_us),
        specialist=row.specialist,
        confidence_bp=row.confidence_bp,
        outcome=row.outcome,
        model=row.model,
        cost_microusd=row.cost_microusd,
    )
