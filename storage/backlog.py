"""What waits for a process to run it: turns that have not ended and that nobody else works on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from frontdesk import Author
from router.records import Addressee
from storage.claims import SECONDS
from storage.holds import clock_us
from storage.step_tables import DESK_PROCESS, STOP_WISH, WORK_CLAIM
from storage.store import SqlStore
from storage.tables import MESSAGE, TICKET, TurnState

UNPLACED = "form:"
"""How the conversation of a ticket begins that has no thread yet: nothing can be said in it."""

_WISH_US = 600_000_000
"""How long the wish to stop a turn holds: longer than any turn takes."""


@dataclass(frozen=True, slots=True)
class Unended:
    """A message whose turn has not ended.

    `asker` is the reference of who wrote it, empty if they expect no answer.
    """

    message: str
    ticket: str
    begun: bool
    conversation: str
    workspace: str
    asker: str


@dataclass(frozen=True, slots=True)
class Found:
    """Messages, oldest first, and the tickets whose turns are to be stopped, with who wants it."""

    waiting: Sequence[Unended]
    stops: Mapping[str, str]


class Backlog:
    """Looks at one store for one process, the `holder`; see `storage.claims.Claims`."""

    def __init__(
        self, store: SqlStore, holder: str, gone: Callable[[str], bool], seconds: float = SECONDS
    ) -> None:
        self._store = store
        self._holder = holder
        self._gone = gone
        self._seconds = seconds

    async def look(self, sources: Sequence[str], most: int) -> Found:
        """The `most` oldest messages of some sources that wait for anybody, or for this process.

        Raises:
            StoreError: the database could not be read.
        """

        def job(connection: Connection) -> Found:
            now = clock_us(connection, lambda: time.time_ns() // 1000)
            mine = WORK_CLAIM.c.holder.is_(None) | WORK_CLAIM.c.holder.not_in(
                self._others(connection, now)
            )
            rows = connection.execute(
                _UNENDED.where(MESSAGE.c.source.in_(sources), mine)
                .order_by(MESSAGE.c.received_us, MESSAGE.c.id)
                .limit(most)
            ).all()
            wished = select(STOP_WISH).where(STOP_WISH.c.at_us > now - _WISH_US)
            stops = {row.ticket_id: row.actor for row in connection.execute(wished)}
            return Found(list(map(_unended, rows)), stops)

        return await self._store.read(job)

    def _others(self, connection: Connection, now: int) -> list[str]:
        """The other processes that are alive, as far as anybody knows."""
        lease = self._seconds * 1_000_000
        return [
            row.name
            for row in connection.execute(select(DESK_PROCESS.c.name, DESK_PROCESS.c.seen_us))
            if row.name != self._holder
            and abs(now - row.seen_us) <= lease
            and not self._gone(row.name)
        ]


_UNENDED = (
    select(
        MESSAGE.c.id,
        MESSAGE.c.ticket_id,
        MESSAGE.c.turn_state,
        MESSAGE.c.author,
        MESSAGE.c.addressee,
        MESSAGE.c.subject_ref,
        TICKET.c.conversation,
        TICKET.c.workspace,
        TICKET.c.quiet,
        TICKET.c.owned_by_human,
    )
    .select_from(
        MESSAGE.join(TICKET, TICKET.c.id == MESSAGE.c.ticket_id).outerjoin(
            WORK_CLAIM, WORK_CLAIM.c.name == MESSAGE.c.ticket_id
        )
    )
    .where(
        MESSAGE.c.turn_state != TurnState.ENDED,
        ~TICKET.c.conversation.startswith(UNPLACED, autoescape=True),
    )
)


def _asks(row: Any) -> bool:
    """Whether somebody most likely expects an answer."""
    if row.owned_by_human or row.author != Author.REQUESTER:
        return False
    return row.addressee == Addressee.DESK or (row.addressee == Addressee.THREAD and not row.quiet)


def _unended(row: Any) -> Unended:
    return Unended(
        message=row.id,
        ticket=row.ticket_id,
        begun=row.turn_state == TurnState.BEGUN,
        conversation=row.conversation,
        workspace=row.workspace,
        asker=row.subject_ref if _asks(row) else "",
    )
