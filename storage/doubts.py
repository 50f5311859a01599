"""Posts that may come to stand there twice, because an attempt before may still make them.

A process that was frozen in the middle of a post takes its own double back when it wakes. One that
is killed before it has done so cannot. So whoever posts after another attempt leaves a doubt, and
what it is about is looked at again for a while.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from storage.holds import clock_us
from storage.step_tables import DOUBTED_POST
from storage.store import SqlStore
from storage.tables import MESSAGE, TurnState

AFTER = (1, 4, 12, 48, 240)
"""When it is looked at, in leases since the doubt: with 9 s up to 36 minutes later. A connection
that was silent for longer is closed by then, so nothing can arrive on it any more."""

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is posted for a message may stand there twice; it was looked at `looks` times."""

    message: str
    since_us: int
    looks: int
    ended: bool


class Doubts:
    """The doubts of one store, about messages of some sources; a lease lasts `seconds`."""

    def __init__(self, store: SqlStore, sources: Sequence[str], seconds: float) -> None:
        self._store = store
        self._sources = sources
        self._lease = int(seconds * _MILLION)

    async def due(self) -> list[Doubt]:
        """What is to be looked at now.

        Raises:
            StoreError: the database could not be read.
        """

        def job(connection: Connection) -> list[Doubt]:
            now = clock_us(connection, lambda: time.time_ns() // 1000)
            found = connection.execute(
                select(DOUBTED_POST, MESSAGE.c.turn_state)
                .join(MESSAGE, MESSAGE.c.id == DOUBTED_POST.c.message_id)
                .where(MESSAGE.c.source.in_(self._sources))
            )
            doubts = [
                Doubt(row.message_id, row.since_us, row.looks, row.turn_state == TurnState.ENDED)
                for row in found
            ]
            return [one for one in doubts if self._due_us(one) <= now]

        return await self._store.read(job)

    async def looked(self, doubt: Doubt) -> None:
        """It was looked at; after the last time it is forgotten.

        Raises:
            StoreError: it will be looked at once more.
        """
        this = (
            DOUBTED_POST.c.message_id == doubt.message,
            DOUBTED_POST.c.since_us == doubt.since_us,
        )
        over = doubt.looks + 1 == len(AFTER)
        later = update(DOUBTED_POST).where(*this).values(looks=doubt.looks + 1)
        change = delete(DOUBTED_POST).where(*this) if over else later
        await self._store.write(lambda connection, _: connection.execute(change))

    def _due_us(self, doubt: Doubt) -> int:
        return doubt.since_us + AFTER[doubt.looks] * self._lease
