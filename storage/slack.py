"""What the Slack side asks of the store: threads, what waits, events that were, open streams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from frontdesk import Author
from router.records import Addressee
from storage.conversations import moment
from storage.ledger.append import Appender
from storage.reading import need
from storage.slack_tables import SLACK_EVENT, SLACK_STREAM
from storage.store import SqlStore
from storage.tables import MESSAGE, TICKET, TicketStatus, TurnState

SOURCE = "slack"
KEPT_US = 7 * 24 * 3600 * 1_000_000
"""How long an event's id is kept; Slack repeats for minutes, a replay is refused after as many."""


@dataclass(frozen=True, slots=True)
class OpenThread:
    """A thread with an open ticket. `opener` is who asked."""

    ticket: str
    opener: str
    quiet: bool
    owned_by_human: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A delivery that was received."""

    message: str
    ticket: str
    conversation: str
    author: Author
    addressee: Addressee
    retracted: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Unended:
    """A message whose turn has not ended."""

    message: str
    ticket: str
    begun: bool
    conversation: str
    workspace: str


class SlackMemory:
    """Slack's questions to one store."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def thread(self, workspace: str, conversation: str) -> OpenThread | None:
        """The open ticket of a thread, or None."""
        wanted = select(TICKET).where(
            TICKET.c.source == SOURCE,
            TICKET.c.workspace == workspace,
            TICKET.c.conversation == conversation,
            TICKET.c.status != TicketStatus.CLOSED,
        )

        def job(connection: Connection) -> OpenThread | None:
            row = connection.execute(wanted).one_or_none()
            if row is None:
                return None
            opener = need(self._store.keys).subjects.person(row.subject_ref) or ""
            return OpenThread(row.id, opener, bool(row.quiet), bool(row.owned_by_human))

        return await self._store.read(job)

    async def known(self, delivery: str) -> Known | None:
        """What became of a delivery, or None if it never came."""
        wanted = (
            select(MESSAGE, TICKET.c.conversation)
            .join(TICKET, TICKET.c.id == MESSAGE.c.ticket_id)
            .where(MESSAGE.c.source == SOURCE, MESSAGE.c.delivery_id == delivery)
        )

        def job(connection: Connection) -> Known | None:
            row = connection.execute(wanted).one_or_none()
            if row is None:
                return None
            return Known(
                message=row.id,
                ticket=row.ticket_id,
                conversation=row.conversation,
                author=Author(row.author),
                addressee=Addressee(row.addressee),
                retracted=bool(row.retracted),
                at=moment(row.at_us),
            )

        return await self._store.read(job)

    async def latest_version(self, delivery: str, besides: str = "") -> Known | None:
        """The delivery, or the latest edit of it `besides` one: its id begins with the first's."""
        first = await self.known(delivery)
        if first is None:
            return None
        edits = (
            select(MESSAGE.c.delivery_id)
            .where(
                MESSAGE.c.ticket_id == first.ticket,
                MESSAGE.c.delivery_id.startswith(f"{delivery}:", autoescape=True),
                ~MESSAGE.c.delivery_id.contains(":again:", autoescape=True),
                MESSAGE.c.delivery_id != besides,
            )
            .order_by(MESSAGE.c.at_us.desc())
            .limit(1)
        )
        latest = await self._store.read(lambda db: db.execute(edits).scalar())
        return await self.known(latest) if latest else first

    async def burst(self, workspace: str, channel: str, since_us: int) -> str | None:
        """The conversation of a message in `channel` that still waits, received since then."""
        wanted = (
            select(TICKET.c.conversation)
            .join(MESSAGE, MESSAGE.c.ticket_id == TICKET.c.id)
            .where(
                TICKET.c.source == SOURCE,
                TICKET.c.workspace == workspace,
                TICKET.c.channel == channel,
                TICKET.c.status != TicketStatus.CLOSED,
                MESSAGE.c.turn_state == TurnState.PENDING,
                MESSAGE.c.received_us >= since_us,
            )
            .order_by(MESSAGE.c.received_us.desc())
            .limit(1)
        )
        return await self._store.read(lambda db: db.execute(wanted).scalar())

    async def waiting(self) -> Sequence[Unended]:
        """All messages from Slack whose turn has not ended, oldest first."""
        wanted = (
            select(
                MESSAGE.c.id,
                MESSAGE.c.ticket_id,
                MESSAGE.c.turn_state,
                TICKET.c.conversation,
                TICKET.c.workspace,
            )
            .join(TICKET, TICKET.c.id == MESSAGE.c.ticket_id)
            .where(MESSAGE.c.turn_state != TurnState.ENDED, MESSAGE.c.source == SOURCE)
            .order_by(MESSAGE.c.received_us, MESSAGE.c.id)
        )

        def job(connection: Connection) -> list[Unended]:
            return [
                Unended(
                    message=row.id,
                    ticket=row.ticket_id,
                    begun=row.turn_state == TurnState.BEGUN,
                    conversation=row.conversation,
                    workspace=row.workspace,
                )
                for row in connection.execute(wanted)
            ]

        return await self._store.read(job)

    async def had_effect(self, event: str) -> bool:
        """Whether an event's effect has happened."""
        wanted = select(SLACK_EVENT.c.id).where(SLACK_EVENT.c.id == event)
        return await self._store.read(lambda db: db.execute(wanted).scalar() is not None)

    async def keep_event(self, event: str) -> None:
        """Remember that it has; events of last week are forgotten."""

        def job(connection: Connection, appender: Appender) -> None:
            now = appender.now_us()
            if connection.execute(
                select(SLACK_EVENT.c.id).where(SLACK_EVENT.c.id == event)
            ).scalar():
                return
            connection.execute(insert(SLACK_EVENT), {"id": event, "received_us": now})
            old = SLACK_EVENT.c.received_us < now - KEPT_US
            connection.execute(delete(SLACK_EVENT).where(old))

        await self._store.write(job)

    async def open_stream(self, team: str, conversation: str, ts: str) -> None:
        """Remember a stream; an empty `ts` says that it is about to be opened."""
        which = (SLACK_STREAM.c.workspace == team) & (SLACK_STREAM.c.conversation == conversation)

        def job(connection: Connection, appender: Appender) -> None:
            changed = connection.execute(update(SLACK_STREAM).where(which).values(ts=ts))
            if not changed.rowcount:
                row = {"workspace": team, "conversation": conversation, "ts": ts}
                connection.execute(insert(SLACK_STREAM), row)

        await self._store.write(job)

    async def stream(self, team: str, conversation: str) -> str | None:
        """The timestamp of a thread's open stream; empty if only its beginning is known."""
        wanted = select(SLACK_STREAM.c.ts).where(
            SLACK_STREAM.c.workspace == team, SLACK_STREAM.c.conversation == conversation
        )
        return await self._store.read(lambda db: db.execute(wanted).scalar())

    async def streams(self) -> Sequence[tuple[str, str]]:
        """Workspace and conversation of all open streams."""
        wanted = select(SLACK_STREAM.c.workspace, SLACK_STREAM.c.conversation)
        return await self._store.read(
            lambda db: [(row.workspace, row.conversation) for row in db.execute(wanted)]
        )

    async def close_stream(self, team: str, conversation: str) -> None:
        """Forget a stream."""
        which = (SLACK_STREAM.c.workspace == team) & (SLACK_STREAM.c.conversation == conversation)
        await self._store.write(lambda db, appender: db.execute(delete(SLACK_STREAM).where(which)))
