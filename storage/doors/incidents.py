"""Incidents: proposed once for the same tickets, decided by staff, answered once in each ticket."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from router import incident_facts as facts
from router.facts import Fact
from router.human_facts import Role, TicketResolved
from router.notice_facts import Audience
from router.outbox import DESK as THE_DESK
from router.ticket_facts import Link, TicketLinked
from router.ticket_life import DONE, ResolutionReason
from storage import reading, state
from storage.doors.incident_reading import MOST, tickets_of
from storage.doors.incident_state import IncidentState
from storage.doors.tables import INCIDENT, INCIDENT_TICKET
from storage.human_tables import HUMAN_ACT
from storage.ledger.append import Appender
from storage.lifecycle import NotPossible
from storage.notices import Notice, announce
from storage.store import SqlStore
from storage.tables import TICKET


@dataclass(frozen=True, slots=True)
class Proposal:
    """What staff is asked about. Times in microseconds, shares in basis points."""

    members: tuple[tuple[str, int], ...]
    people: int
    threshold_bp: int
    window_us: int
    encoder: str


class Incidents:
    """The incidents of one store."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def propose(
        self, proposal: Proposal, workspace: str, say: Callable[[str], Mapping[str, str]]
    ) -> str | None:
        """Put an incident before the staff of a workspace; None if a ticket belongs to another.

        `say` gives the texts of the notice for an incident's id.
        """

        def job(connection: Connection, appender: Appender) -> str | None:
            tickets = tuple(ticket for ticket, _ in proposal.members)
            taken = select(INCIDENT_TICKET.c.ticket_id).where(
                INCIDENT_TICKET.c.ticket_id.in_(tickets)
            )
            if connection.execute(taken).first() is not None:
                return None
            incident = appender.names.short("I", appender.now_us())
            proposed = facts.IncidentProposed(
                ticket=tickets[0],
                actor=THE_DESK,
                incident=incident,
                tickets=tickets,
                people=proposal.people,
                threshold_bp=proposal.threshold_bp,
                window_us=proposal.window_us,
                encoder=proposal.encoder,
            )
            joined = [_joined(ticket, incident, share) for ticket, share in proposal.members]
            state.record(connection, appender, (proposed, *joined))
            notice = Notice(f"incident:{incident}", Audience.STAFF, workspace, tickets[0])
            announce(connection, appender, notice, say(incident))
            return incident

        try:
            return await self._store.write(job)
        except NotPossible:  # another process was quicker
            return None

    async def join(self, incident: str, ticket: str, similarity_bp: int) -> None:
        """Let a later ticket belong to an incident.

        Raises:
            NotPossible: it belongs to one already.
        """

        def job(connection: Connection, appender: Appender) -> None:
            happened: list[Fact] = [_joined(ticket, incident, similarity_bp)]
            query = select(INCIDENT).where(INCIDENT.c.id == incident)
            row = connection.execute(query).one()
            if row.state == IncidentState.OPEN:
                happened.append(_linked(ticket, row.ticket_id, THE_DESK))
            state.record(connection, appender, happened)

        await self._store.write(job)

    async def open(self, key: str, incident: str, by: str) -> bool:
        """Staff says that it is one; False if the same `key` did before.

        Raises:
            NotPossible: it is decided already.
        """

        def made(row: Row[Any], tickets: Sequence[str]) -> list[Fact]:
            opened = facts.IncidentOpened(ticket=row.ticket_id, actor=by, incident=incident)
            others = [ticket for ticket in tickets if ticket != row.ticket_id]
            return [opened, *(_linked(ticket, row.ticket_id, by) for ticket in others)]

        return await self._act(key, incident, made)

    async def decline(self, key: str, incident: str, by: str) -> bool:
        """Staff says that it is none; False if the same `key` did before.

        Raises:
            NotPossible: it is decided already.
        """

        def made(row: Row[Any], tickets: Sequence[str]) -> list[Fact]:
            return [facts.IncidentDeclined(ticket=row.ticket_id, actor=by, incident=incident)]

        return await self._act(key, incident, made)

    async def answer(self, key: str, incident: str, by: str, text: str, *more: Fact) -> bool:
        """Answer all its tickets, also those that join later; `more` are the checks' verdicts.

        Raises:
            NotPossible: it is not open.
        """

        def made(row: Row[Any], tickets: Sequence[str]) -> list[Fact]:
            answered = facts.IncidentAnswered(
                ticket=row.ticket_id,
                actor=by,
                incident=incident,
                tickets=len(tickets),
                texts={"answer": text},
            )
            return [*more, answered]

        return await self._act(key, incident, made)

    async def close(self, key: str, incident: str, by: str) -> bool:
        """It is over: resolve all its tickets that are not yet.

        Raises:
            NotPossible: it is not open.
        """
        query = select(TICKET.c.id).where(TICKET.c.status.not_in(DONE))

        def made(row: Row[Any], tickets: Sequence[str]) -> list[Fact]:
            closed = facts.IncidentClosed(
                ticket=row.ticket_id, actor=by, incident=incident, tickets=len(tickets)
            )
            return [closed]

        def job(connection: Connection, appender: Appender) -> bool:
            if not self._acted(connection, appender, key, incident, made):
                return False
            tickets = tickets_of(connection, incident)
            left = connection.execute(query.where(TICKET.c.id.in_(tickets))).scalars().all()
            state.record(connection, appender, [_resolved(ticket, by) for ticket in left])
            return True

        return await self._store.write(job)

    async def tell(self) -> int:
        """Announce the answers that tickets do not have yet; give how many were."""
        query = (
            select(INCIDENT_TICKET.c.ticket_id, INCIDENT.c.id, INCIDENT.c.answer_entry)
            .add_columns(TICKET.c.workspace)
            .join(INCIDENT, INCIDENT.c.id == INCIDENT_TICKET.c.incident_id)
            .join(TICKET, TICKET.c.id == INCIDENT_TICKET.c.ticket_id)
            .where(INCIDENT.c.answer_entry.is_not(None))
            .where(func.coalesce(INCIDENT_TICKET.c.told, "") != INCIDENT.c.answer_entry)
            .limit(MOST)
        )

        def job(connection: Connection, appender: Appender) -> int:
            rows = connection.execute(query).all()
            for row in rows:
                text = reading.text(connection, appender.keys, row.answer_entry, "answer")
                key = f"incident:{row.id}:{row.answer_entry}:{row.ticket_id}"
                notice = Notice(key, Audience.REQUESTER, row.workspace, row.ticket_id)
                announce(connection, appender, notice, {"notice": text})
                which = INCIDENT_TICKET.c.ticket_id == row.ticket_id
                told = update(INCIDENT_TICKET).where(which).values(told=row.answer_entry)
                connection.execute(told)
            return len(rows)

        if not await self._store.read(lambda db: db.execute(query).first()):
            return 0
        return await self._store.write(job)

    async def _act(self, key: str, incident: str, made: Any) -> bool:
        return await self._store.write(
            lambda db, appender: self._acted(db, appender, key, incident, made)
        )

    def _acted(
        self, connection: Connection, appender: Appender, key: str, incident: str, made: Any
    ) -> bool:
        if connection.execute(select(HUMAN_ACT.c.key).where(HUMAN_ACT.c.key == key)).scalar():
            return False
        connection.execute(insert(HUMAN_ACT), {"key": key, "at_us": appender.now_us()})
        row = connection.execute(select(INCIDENT).where(INCIDENT.c.id == incident)).one()
        state.record(connection, appender, made(row, tickets_of(connection, incident)))
        return True


def _joined(ticket: str, incident: str, similarity_bp: int) -> facts.IncidentJoined:
    return facts.IncidentJoined(
        ticket=ticket, actor=THE_DESK, incident=incident, similarity_bp=similarity_bp
    )


def _linked(ticket: str, other: str, by: str) -> TicketLinked:
    return TicketLinked(ticket=ticket, actor=by, other=other, link=Link.INCIDENT)


def _resolved(ticket: str, by: str) -> TicketResolved:
    return TicketResolved(
        ticket=ticket, actor=by, role=Role.STAFF, reason=ResolutionReason.INCIDENT
    )
