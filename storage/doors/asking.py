"""Asking requesters once how satisfied they are, when their ticket is resolved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection, String, cast, exists, literal, select

from router.notice_facts import Audience
from router.ticket_life import TicketStatus
from storage.conversations import microseconds
from storage.doors.tables import SATISFACTION
from storage.human_tables import HUMAN_REPLY
from storage.ledger.append import Appender
from storage.notice_tables import NOTICE
from storage.notices import Notice, announce
from storage.store import SqlStore
from storage.tables import POST, TICKET, PostState

RECENT_US = 24 * 3_600_000_000
"""Who was resolved longer ago is not asked any more: they would not know what it is about."""

QUESTION = "Your ticket {ticket} is resolved. How did we do, from 1 (badly) to 5 (very well)?"
MOST = 50


class SatisfactionAsker:
    """Asks in the threads of `source`; `blocks` gives the question's buttons as JSON."""

    def __init__(self, store: SqlStore, source: str, blocks: Callable[[str, str], str]) -> None:
        self._store = store
        self._source = source
        self._blocks = blocks

    async def tick(self) -> int:
        """Ask everybody who is to be asked; give how many were."""
        key = literal("csat:", String) + cast(TICKET.c.id, String)
        answered = exists().where(POST.c.ticket_id == TICKET.c.id, POST.c.state == PostState.DONE)
        replied = exists().where(HUMAN_REPLY.c.ticket_id == TICKET.c.id)
        wanted = (
            select(TICKET.c.id, TICKET.c.workspace)
            .where(TICKET.c.status == TicketStatus.RESOLVED, TICKET.c.source == self._source)
            .where(answered | replied)
            .where(~exists().where(NOTICE.c.key == key))
            .where(~exists().where(SATISFACTION.c.ticket_id == TICKET.c.id))
            .order_by(TICKET.c.updated_us.desc())
            .limit(MOST)
        )

        since = microseconds(datetime.now(UTC)) - RECENT_US
        wanted = wanted.where(TICKET.c.updated_us >= since)

        def job(connection: Connection, appender: Appender) -> int:
            rows = connection.execute(wanted).all()
            return sum(self._ask(connection, appender, row.id, row.workspace) for row in rows)

        if not await self._store.read(lambda db: db.execute(wanted).first()):
            return 0
        return await self._store.write(job)

    def _ask(self, connection: Connection, appender: Appender, ticket: str, workspace: str) -> bool:
        question = QUESTION.format(ticket=ticket)
        notice = Notice(f"csat:{ticket}", Audience.REQUESTER, workspace, ticket)
        texts = {"notice": question, "blocks": self._blocks(ticket, question)}
        return announce(connection, appender, notice, texts)
