"""Tickets in which nobody says anything: reminded, resolved and closed in the end.

Each step is one transaction with the notice that tells of it, and each finds its tickets by an
index, so that looking costs the same however many there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select, update

from router import ticket_wording as wording
from router.human_facts import Role, TicketResolved
from router.notice_facts import Audience
from router.sla import Rules
from router.ticket_facts import TicketClosed
from router.ticket_life import ResolutionReason, TicketStatus
from storage import state
from storage.conversations import microseconds, moment
from storage.deadlines import CLOCKWORK
from storage.held import hold
from storage.intake import NOT_TIMED
from storage.ledger.append import Appender
from storage.notices import Notice, announce
from storage.store import SqlStore
from storage.tables import TICKET

DAY_US = 24 * 3_600 * 1_000_000
BATCH = 50


@dataclass(frozen=True, slots=True)
class Patience:
    """After how many days without a word what happens; 0 days: never. See the settings."""

    nudge: float
    give_up: float
    settle: float
    close: float
    close_notice: bool


class Silences:
    """The silent tickets of one store. Requesters are reminded in working hours only."""

    def __init__(
        self, store: SqlStore, patience: Patience, rules_of: Callable[[str], Rules]
    ) -> None:
        self._store = store
        self._patience = patience
        self._rules_of = rules_of

    async def look(self) -> int:
        """Do what is due; give how many tickets it was about."""
        waiting = TICKET.c.status == TicketStatus.WAITING_FOR_REQUESTER
        patience = self._patience
        return sum(
            [
                await self._each(waiting & (TICKET.c.nudges == 0), patience.nudge, self._nudge),
                await self._each(waiting & (TICKET.c.nudges > 0), patience.give_up, self._give_up),
                await self._each(_stands(TicketStatus.ANSWERED), patience.settle, self._settle),
                await self._each(_stands(TicketStatus.RESOLVED), patience.close, self._close),
            ]
        )

    async def _each(
        self,
        which: ColumnElement[bool],
        days: float,
        act: Callable[[Connection, Appender, Row[Any]], None],
    ) -> int:
        """Do something to all tickets of a kind that were silent for so long."""
        if not days:
            return 0

        def silent(now_us: int) -> Select[Any]:
            long = TICKET.c.silent_us <= now_us - int(days * DAY_US)
            return select(TICKET.c.id).where(which, long).order_by(TICKET.c.silent_us).limit(BATCH)

        def job(connection: Connection, appender: Appender) -> int:
            query = silent(appender.now_us())
            held = hold(connection, connection.execute(query).scalars())
            again = query.with_only_columns(*TICKET.c).where(TICKET.c.id.in_(held))
            found = connection.execute(again).all() if held else []
            for ticket in found:
                act(connection, appender, ticket)
            return len(found)

        # Nearly always there is nothing to do, and reading keeps nobody from writing.
        some = silent(microseconds(datetime.now(UTC))).limit(1)
        if not await self._store.read(lambda db: db.execute(some).first()):
            return 0
        return await self._store.write(job)

    def _nudge(self, connection: Connection, appender: Appender, ticket: Row[Any]) -> None:
        now = appender.now_us()
        if not self._rules_of(ticket.workspace).calendar.is_open(moment(now)):
            return
        _say(connection, appender, ticket, "nudge", wording.NUDGE)
        values = {"nudges": ticket.nudges + 1, "silent_us": now}
        connection.execute(update(TICKET).where(TICKET.c.id == ticket.id).values(values))

    def _give_up(self, connection: Connection, appender: Appender, ticket: Row[Any]) -> None:
        _resolve(connection, appender, ticket, ResolutionReason.NO_REPLY)
        told = wording.given_up(self._patience.give_up)
        _say(connection, appender, ticket, "given-up", told)

    def _settle(self, connection: Connection, appender: Appender, ticket: Row[Any]) -> None:
        _resolve(connection, appender, ticket, ResolutionReason.ANSWERED)

    def _close(self, connection: Connection, appender: Appender, ticket: Row[Any]) -> None:
        days = int(self._patience.close)
        fact = TicketClosed(ticket=ticket.id, actor=CLOCKWORK, days=days)
        state.record(connection, appender, (fact,))
        if self._patience.close_notice:
            _say(connection, appender, ticket, "closed", wording.CLOSED)


def _stands(status: TicketStatus) -> ColumnElement[bool]:
    return TICKET.c.status == status


def _resolve(
    connection: Connection, appender: Appender, ticket: Row[Any], reason: ResolutionReason
) -> None:
    fact = TicketResolved(ticket=ticket.id, actor=CLOCKWORK, role=Role.OTHER, reason=reason)
    state.record(connection, appender, (fact,))


def _say(
    connection: Connection, appender: Appender, ticket: Row[Any], what: str, text: str
) -> None:
    """Tell the requester; `silent_us` tells this silence from an earlier one of the ticket."""
    if ticket.source in NOT_TIMED:
        return
    notice = Notice(
        key=f"{what}:{ticket.id}:{ticket.silent_us}",
        audience=Audience.REQUESTER,
        workspace=ticket.workspace,
        ticket=ticket.id,
        actor=CLOCKWORK,
    )
    announce(connection, appender, notice, {"notice": text})
