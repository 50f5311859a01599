"""How far each channel was compared with what Slack has, and which channels there are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from router.facts import Fact
from router.outbox import DESK as THE_DESK
from router.records import Delivery, Receipt
from router.ticket_life import DONE
from storage import intake, state
from storage.conversations import microseconds
from storage.doors.facts import MessageLate
from storage.doors.tables import SLACK_SEEN
from storage.ledger.append import Appender
from storage.store import SqlStore
from storage.tables import TICKET

SOURCE = "slack"
MOST_THREADS = 30


class Seen:
    """The channels of one store."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def noticed(self, workspace: str, channel: str, ts: str) -> None:
        """The desk hears of a channel; one that is known stays as it is."""
        which = (SLACK_SEEN.c.workspace == workspace) & (SLACK_SEEN.c.channel == channel)

        def job(connection: Connection, appender: Appender) -> None:
            if connection.execute(select(SLACK_SEEN.c.ts).where(which)).scalar() is None:
                row = {"workspace": workspace, "channel": channel, "ts": ts}
                connection.execute(insert(SLACK_SEEN), row | {"at_us": appender.now_us()})

        await self._store.write(job)

    async def compared(self, workspace: str, channel: str, ts: str) -> None:
        """All that was written in a channel up to `ts` is known."""
        await self.noticed(workspace, channel, ts)
        which = (SLACK_SEEN.c.workspace == workspace) & (SLACK_SEEN.c.channel == channel)
        later = update(SLACK_SEEN).where(which, SLACK_SEEN.c.ts < ts)
        await self._store.write(
            lambda db, appender: db.execute(later.values(ts=ts, at_us=appender.now_us()))
        )

    async def channels(self, workspace: str) -> dict[str, str]:
        """Every channel the desk knows of, and how far it was compared; "" for not at all."""
        tickets = select(TICKET.c.channel).where(
            TICKET.c.source == SOURCE, TICKET.c.workspace == workspace, TICKET.c.channel != ""
        )
        seen = select(SLACK_SEEN).where(SLACK_SEEN.c.workspace == workspace)

        def job(connection: Connection) -> dict[str, str]:
            known = dict.fromkeys(connection.execute(tickets.distinct()).scalars(), "")
            return known | {row.channel: row.ts for row in connection.execute(seen)}

        return await self._store.read(job)

    async def threads(self, workspace: str, channel: str) -> Sequence[str]:
        """The conversations of a channel with a ticket that is not done, last changed first."""
        query = (
            select(TICKET.c.conversation)
            .where(
                TICKET.c.source == SOURCE,
                TICKET.c.workspace == workspace,
                TICKET.c.channel == channel,
                TICKET.c.status.not_in(DONE),
            )
            .order_by(TICKET.c.updated_us.desc())
            .limit(MOST_THREADS)
        )
        return await self._store.read(lambda db: db.execute(query).scalars().all())


class LateStore:
    """Keeps messages as found late: the mark is in the same transaction as the message."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def receive(self, delivery: Delivery) -> Receipt:
        """Keep a delivery, marked late if it is new.

        Raises:
            StoreError: it could not be kept.
        """

        def job(connection: Connection, appender: Appender) -> Receipt:
            receipt = intake.receive(connection, appender, delivery)
            if receipt.new:
                late = MessageLate(
                    ticket=receipt.ticket,
                    actor=THE_DESK,
                    message=receipt.message,
                    source="reconciliation",
                    delivery=delivery.id,
                    late_us=max(0, appender.now_us() - microseconds(delivery.at)),
                )
                state.record(connection, appender, (late,))
            return receipt

        return await self._store.write(job)

    async def record(self, *facts: Fact) -> tuple[str, ...]:
        """Append facts, as the store itself does."""
        return await self._store.record(*facts)
