"""What is known of incidents, and the questions among which new ones are looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from frontdesk import Author
from frontdesk.errors import StoreError
from storage import reading
from storage.doors.incident_state import IncidentState
from storage.doors.tables import INCIDENT, INCIDENT_TICKET
from storage.ids import earliest
from storage.notice_tables import NOTICE
from storage.store import SqlStore
from storage.tables import MESSAGE, TICKET

SLACK_US = 3_600_000_000
"""How far the clocks of processes that name tickets may be apart; there is no index by time."""

MOST = 500
"""Tickets of a time that are compared with each other, the latest first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question a ticket began with; `person` is a reference."""

    ticket: str
    workspace: str
    person: str
    text: str


@dataclass(frozen=True, slots=True)
class Running:
    """An incident that later tickets may belong to; `text` is the question in its middle."""

    incident: str
    workspace: str
    state: IncidentState
    text: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident as staff sees it. `told` counts the tickets that have the latest answer."""

    incident: str
    ticket: str
    workspace: str
    state: IncidentState
    question: str
    tickets: tuple[str, ...]
    answer: str
    told: int
    by_ref: str


class IncidentReading:
    """Questions about the incidents of one store."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def asked(self, since_us: int, until_us: int) -> Sequence[Asked]:
        """Questions of tickets that were opened then and belong to no incident, latest first."""
        known = select(INCIDENT_TICKET.c.ticket_id)
        query = _first_messages().where(
            TICKET.c.id >= earliest("T", since_us - SLACK_US),
            TICKET.c.opened_us >= since_us,
            TICKET.c.opened_us < until_us,
            TICKET.c.id.not_in(known),
        )
        return await self._store.read(lambda db: self._asked(db, query))

    async def running(self, declined_since_us: int) -> Sequence[Running]:
        """Incidents that are proposed or open, and those that were declined lately."""
        live = INCIDENT.c.state.in_((IncidentState.PROPOSED, IncidentState.OPEN))
        lately = INCIDENT.c.changed_us >= declined_since_us
        query = select(INCIDENT).where(
            live | ((INCIDENT.c.state == IncidentState.DECLINED) & lately)
        )

        def job(connection: Connection) -> Sequence[Running]:
            found = []
            for row in connection.execute(query).all():
                question = self._question(connection, row.ticket_id)
                found.append(Running(row.id, row.workspace, IncidentState(row.state), question))
            return found

        return await self._store.read(job)

    async def view(self, incident: str) -> IncidentView | None:
        """An incident as it stands; None if there is no such one."""
        return await self._store.read(lambda db: self._view(db, incident))

    async def place(self, incident: str) -> str:
        """Where it is shown to staff, as `channel:ts`; empty while it is not."""
        query = select(NOTICE.c.place).where(NOTICE.c.key == f"incident:{incident}")
        return await self._store.read(lambda db: db.execute(query).scalar() or "")

    def _view(self, connection: Connection, incident: str) -> IncidentView | None:
        row = connection.execute(select(INCIDENT).where(INCIDENT.c.id == incident)).one_or_none()
        if row is None:
            return None
        told = select(func.count()).where(
            INCIDENT_TICKET.c.incident_id == incident, INCIDENT_TICKET.c.told == row.answer_entry
        )
        answer = self._text(connection, row.answer_entry, "answer") if row.answer_entry else ""
        return IncidentView(
            incident=row.id,
            ticket=row.ticket_id,
            workspace=row.workspace,
            state=IncidentState(row.state),
            question=self._question(connection, row.ticket_id),
            tickets=tuple(tickets_of(connection, incident)),
            answer=answer,
            told=connection.execute(told).scalar_one(),
            by_ref=row.by_ref or "",
        )

    def _asked(self, connection: Connection, query: Select[Any]) -> Sequence[Asked]:
        found: dict[str, Asked] = {}
        for row in connection.execute(query).all():
            text = self._text(connection, row.entry_id, "text")
            if text and row.ticket_id not in found:
                found[row.ticket_id] = Asked(row.ticket_id, row.workspace, row.subject_ref, text)
        return list(found.values())

    def _question(self, connection: Connection, ticket: str) -> str:
        row = connection.execute(_first_messages().where(TICKET.c.id == ticket)).first()
        return "" if row is None else self._text(connection, row.entry_id, "text")

    def _text(self, connection: Connection, entry: str, field: str) -> str:
        try:
            return reading.text(connection, self._store.keys, entry, field)
        except StoreError:  # whoever wrote it was forgotten since
            return ""


def _first_messages() -> Select[Any]:
    """Of each ticket the message that it began with, latest tickets first."""
    first = (
        select(func.min(MESSAGE.c.ticket_seq))
        .where(MESSAGE.c.ticket_id == TICKET.c.id, MESSAGE.c.author == Author.REQUESTER)
        .correlate(TICKET)
        .scalar_subquery()
    )
    return (
        select(MESSAGE.c.ticket_id, MESSAGE.c.entry_id, MESSAGE.c.subject_ref, TICKET.c.workspace)
        .join(TICKET, TICKET.c.id == MESSAGE.c.ticket_id)
        .where(MESSAGE.c.ticket_seq == first)
        .order_by(TICKET.c.id.desc())
        .limit(MOST)
    )


def tickets_of(connection: Connection, incident: str) -> Sequence[str]:
    """The tickets of an incident."""
    query = select(INCIDENT_TICKET.c.ticket_id).where(INCIDENT_TICKET.c.incident_id == incident)
    return connection.execute(query.order_by(INCIDENT_TICKET.c.ticket_id)).scalars().all()
