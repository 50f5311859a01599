"""What staff and requesters are shown: cards with all that belongs to them, lists of tickets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    LABEL_STYLE_TABLENAME_PLUS_COL,
    ColumnElement,
    Connection,
    Row,
    Select,
    select,
    update,
)

from frontdesk import Author, EscalationReason
from router.records import Source
from router.ticket_life import DONE
from storage import conversations, reading
from storage.case_draft import draft_of
from storage.conversations import moment
from storage.human_tables import CARD, CardState
from storage.ids import typed
from storage.ledger.keys import Keys
from storage.store import SqlStore
from storage.tables import MESSAGE, POST, TICKET, PostState, TicketStatus

LISTED = 10
BEING_SHOWN = "?"
"""The place of a card that is on its way to one."""


@dataclass(frozen=True, slots=True)
class Case:
    """A card and its ticket. `owner`, `requester`, `by` are people as the source names them.

    `requester_ref` and `owner_ref` are the references by which the record knows them. `place` is
    where the card is shown, `version` what it shows when it is up to date. `reroutes` says whether
    the question may be sent to another specialist.
    """

    card: str
    ticket: str
    message: str
    source: str
    workspace: str
    channel: str
    conversation: str
    state: CardState
    status: TicketStatus
    reasons: tuple[EscalationReason, ...]
    notes: tuple[str, ...]
    question: str
    draft: str
    sources: tuple[Source, ...]
    posted: bool
    specialist: str | None
    requester: str
    requester_ref: str
    owner: str
    owner_ref: str
    by: str
    opened: datetime
    place: str
    version: int
    priority: str = "normal"
    assignee: str = ""


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket in somebody's list: the question it began with, and where it stands."""

    ticket: str
    status: TicketStatus
    channel: str
    conversation: str
    question: str
    specialist: str | None
    owner: str
    opened: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class About:
    """A message of a ticket, and the ticket. `requester` is who asked, as the source names them."""

    message: str
    requester: str
    requester_ref: str
    workspace: str
    line: TicketLine

    def now(self, message: str) -> About:
        """The same about another message of the ticket."""
        return replace(self, message=message)


class Cases:
    """Reads cards and lists of one store."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def of_card(self, card: str) -> Case | None:
        """A card, or None if there is no such one."""
        found = await self._cases(CARD.c.id == card)
        return found[0] if found else None

    async def of_message(self, message: str) -> Case | None:
        """The card about a message, or None."""
        found = await self._cases(CARD.c.message_id == message)
        return found[0] if found else None

    async def of_ticket(self, ticket: str) -> Case | None:
        """The latest card of a ticket, or None."""
        found = await self._cases(CARD.c.ticket_id == ticket)
        return found[-1] if found else None

    async def to_show(self, source: str, limit: int = 50) -> Sequence[Case]:
        """Cards that are not shown as they are now."""
        which = (CARD.c.changed_us > CARD.c.shown_us) & (TICKET.c.source == source)
        return await self._cases(which, limit)

    async def claim(self, card: str) -> bool:
        """Be the one who shows a card for the first time; False if somebody is already."""
        mine = (
            update(CARD).where(CARD.c.id == card, CARD.c.place.is_(None)).values(place=BEING_SHOWN)
        )
        return await self._store.write(lambda connection, _: connection.execute(mine).rowcount == 1)

    async def shown(self, case: Case, place: str) -> None:
        """The card is shown at `place`, as this case has it."""
        done = update(CARD).where(CARD.c.id == case.card).values(place=place, shown_us=case.version)
        await self._store.write(lambda connection, _: connection.execute(done))

    async def about(self, message: str) -> About | None:
        """The ticket that a message belongs to, or None if there is no such message."""
        query = select(TICKET).join(MESSAGE, MESSAGE.c.ticket_id == TICKET.c.id)
        return await self._about(query.where(MESSAGE.c.id == message), message)

    async def latest(self, person: str, workspace: str, ticket: str = "") -> About | None:
        """A person's latest ticket that is not closed, or the one that is named; or None."""
        query = select(TICKET).where(TICKET.c.workspace == workspace)
        if ticket:
            query = query.where(TICKET.c.id == typed(ticket))
        else:
            open_ = TICKET.c.status.not_in(DONE)
            query = query.where(TICKET.c.subject_ref == person, open_)
        return await self._about(query.order_by(TICKET.c.id.desc()).limit(1), "")

    async def mine(self, person: str, workspace: str) -> Sequence[TicketLine]:
        """A person's own tickets in one workspace, latest first."""
        return await self._lines(
            (TICKET.c.subject_ref == person) & (TICKET.c.workspace == workspace)
        )

    async def queue(self, workspace: str) -> Sequence[TicketLine]:
        """What waits for staff or is with them in one workspace, latest first."""
        waiting = TICKET.c.status.in_((TicketStatus.WAITING_FOR_STAFF, TicketStatus.REOPENED))
        theirs = (TICKET.c.owned_by_human == 1) & TICKET.c.status.not_in(DONE)
        return await self._lines((waiting | theirs) & (TICKET.c.workspace == workspace))

    async def unplaced(self, source: str, prefix: str) -> Sequence[tuple[str, str, str, str]]:
        """Tickets without a thread yet: id, workspace, conversation and the requester."""
        query = select(TICKET).where(
            TICKET.c.source == source, TICKET.c.conversation.startswith(prefix, autoescape=True)
        )

        def job(connection: Connection) -> Sequence[tuple[str, str, str, str]]:
            return [
                (row.id, row.workspace, row.conversation, _person(self._keys, row.subject_ref))
                for row in connection.execute(query)
            ]

        return await self._store.read(job)

    @property
    def _keys(self) -> Keys:
        return reading.need(self._store.keys)

    async def _cases(self, which: ColumnElement[bool], limit: int = 50) -> Sequence[Case]:
        query = (
            select(CARD, TICKET, POST.c.state.label("post"))
            .join(TICKET, TICKET.c.id == CARD.c.ticket_id)
            .join(MESSAGE, MESSAGE.c.id == CARD.c.message_id)
            .outerjoin(POST, POST.c.message_id == CARD.c.message_id)
            .where(which)
            .order_by(CARD.c.id)
            .limit(limit)
            .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        )

        def job(connection: Connection) -> Sequence[Case]:
            return [_case(connection, self._keys, row) for row in connection.execute(query).all()]

        return await self._store.read(job)

    async def _about(self, query: Select[Any], message: str) -> About | None:
        def job(connection: Connection) -> About | None:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            last = connection.execute(_of_ticket(row.id).order_by(MESSAGE.c.ticket_seq.desc()))
            return About(
                message=message or str(last.scalar()),
                requester=_person(self._keys, row.subject_ref),
                requester_ref=row.subject_ref,
                workspace=row.workspace,
                line=_line(connection, self._keys, row),
            )

        return await self._store.read(job)

    async def _lines(self, which: ColumnElement[bool]) -> Sequence[TicketLine]:
        query = select(TICKET).where(which).order_by(TICKET.c.id.desc()).limit(LISTED)

        def job(connection: Connection) -> Sequence[TicketLine]:
            return [_line(connection, self._keys, row) for row in connection.execute(query).all()]

        return await self._store.read(job)


def _case(connection: Connection, keys: Keys, row: Row[Any]) -> Case:
    notes = reading.texts_of(connection, keys, json.loads(row.card_entries), "note")
    talk = conversations.conversation(connection, keys, row.card_message_id)
    draft, sources = draft_of(connection, keys, row)
    return Case(
        card=row.card_id,
        ticket=row.ticket_id,
        message=row.card_message_id,
        source=row.ticket_source,
        workspace=row.ticket_workspace,
        channel=row.ticket_channel,
        conversation=row.ticket_conversation,
        state=CardState(row.card_state),
        status=TicketStatus(row.ticket_status),
        reasons=tuple(EscalationReason(one) for one in json.loads(row.card_reasons)),
        notes=tuple(dict.fromkeys(note for note in notes.values() if note)),
        question=talk.message.text,
        draft=draft,
        sources=sources,
        posted=row.post == PostState.DONE,
        specialist=row.ticket_specialist,
        requester=_person(keys, row.ticket_subject_ref),
        requester_ref=row.ticket_subject_ref,
        owner=_person(keys, row.ticket_owned_by),
        owner_ref=row.ticket_owned_by or "",
        by=_person(keys, row.card_by_ref),
        opened=moment(row.card_opened_us),
        place=row.card_place or "",
        version=row.card_changed_us,
        priority=row.ticket_priority,
        assignee=_person(keys, row.ticket_assignee_ref),
    )


def _line(connection: Connection, keys: Keys, row: Row[Any]) -> TicketLine:
    first = connection.execute(_of_ticket(row.id).order_by(MESSAGE.c.ticket_seq)).first()
    entries = [first.entry_id] if first else []
    texts = reading.texts_of(connection, keys, entries, "text")
    return TicketLine(
        ticket=row.id,
        status=TicketStatus(row.status),
        channel=row.channel,
        conversation=row.conversation,
        question=next(iter(texts.values()), ""),
        specialist=row.specialist,
        owner=_person(keys, row.owned_by),
        opened=moment(row.opened_us),
        updated=moment(row.updated_us),
    )


def _of_ticket(ticket: str) -> Select[Any]:
    """One of a ticket's messages; the order says which."""
    wanted = select(MESSAGE.c.id, MESSAGE.c.entry_id).where(
        MESSAGE.c.ticket_id == ticket, MESSAGE.c.author == Author.REQUESTER
    )
    return wanted.limit(1)


def _person(keys: Keys, ref: str | None) -> str:
    return (keys.subjects.person(ref) or "") if ref else ""
