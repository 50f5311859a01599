"""Who works on a ticket: several processes share one database, and a turn belongs to one of them.

A claim runs out by itself, so the tickets of a process that died are free again after a while.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, delete, insert, select, update

from storage.ledger.append import Appender
from storage.slack_tables import TURN_CLAIM
from storage.store import SqlStore

SECONDS = 30.0
"""How long a claim holds unless it is renewed."""


class Claims:
    """The claims of one process. `gone` tells of another process, by name, whether it is no more.

    What cannot be told is not gone: then its claims have to run out.
    """

    def __init__(
        self, store: SqlStore, holder: str, gone: Callable[[str], bool], seconds: float = SECONDS
    ) -> None:
        self._store = store
        self._holder = holder
        self._gone = gone
        self.seconds = seconds

    async def claim(self, ticket: str) -> bool:
        """Claim a ticket, or renew one's claim; false if another process has it.

        Raises:
            StoreError: it could not be claimed.
        """

        def job(connection: Connection, appender: Appender) -> bool:
            now = appender.now_us()
            values = {"holder": self._holder, "until_us": now + int(self.seconds * 1_000_000)}
            row = connection.execute(
                select(TURN_CLAIM).where(TURN_CLAIM.c.ticket_id == ticket).with_for_update()
            ).one_or_none()
            if row is None:
                connection.execute(insert(TURN_CLAIM), {"ticket_id": ticket, **values})
                return True
            if row.holder != self._holder and row.until_us > now and not self._gone(row.holder):
                return False
            mine = update(TURN_CLAIM).where(TURN_CLAIM.c.ticket_id == ticket)
            connection.execute(mine.values(values))
            return True

        return await self._store.write(job)

    async def release(self, ticket: str) -> None:
        """Let others have it.

        Raises:
            StoreError: they have to wait until it runs out.
        """
        mine = (TURN_CLAIM.c.ticket_id == ticket) & (TURN_CLAIM.c.holder == self._holder)
        await self._store.write(lambda db, appender: db.execute(delete(TURN_CLAIM).where(mine)))
