"""Following the log: what comes next for each observer, remembered when it was taken."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from frontdesk import AuditEntry
from router.outbox import DESK
from router.plugin_facts import ObserverFailed
from storage import state
from storage.conversations import moment
from storage.facts import DESK as DESK_CHAIN
from storage.follow_tables import FOLLOWER
from storage.ledger.append import Appender
from storage.ledger.tables import ENTRY, INDEX, LEAF
from storage.store import SqlStore

BATCH = 200
SECOND_US = 1_000_000
LONGEST_PAUSE_US = 600 * SECOND_US


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries for an observer, and the place in the log after the last that was looked at."""

    entries: Sequence[AuditEntry]
    next_index: int


class Followers:
    """The observers of one log."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def next(self, name: str, kinds: Collection[str]) -> Batch | None:
        """What an observer has not taken yet; None if nothing, or while it rests after a fault.

        A new observer begins with the first entry there is.
        """

        def job(connection: Connection) -> tuple[int, int]:
            row = connection.execute(select(FOLLOWER).where(FOLLOWER.c.name == name)).one_or_none()
            return (row.next_index, row.retry_us) if row else (0, 0)

        since, retry_us = await self._store.read(job)
        if retry_us and await self._store.write(lambda _, appender: appender.now_us()) < retry_us:
            return None
        return await self._store.read(lambda connection: _batch(connection, since, kinds))

    async def taken(self, name: str, next_index: int) -> None:
        """An observer has taken all entries before this place."""
        values = {"next_index": next_index, "faults": 0, "fault": "", "retry_us": 0}
        await self._store.write(lambda connection, _: _set(connection, name, values))

    async def failed(self, name: str, fault: str) -> None:
        """An observer did not take what it was given; it gets the same again after a pause.

        The first failure in a row is on record.
        """

        def job(connection: Connection, appender: Appender) -> None:
            row = connection.execute(select(FOLLOWER).where(FOLLOWER.c.name == name)).one_or_none()
            faults = (row.faults if row else 0) + 1
            pause = min(SECOND_US * 2 ** min(faults, 30), LONGEST_PAUSE_US)
            values = {"faults": faults, "fault": fault, "retry_us": appender.now_us() + pause}
            _set(connection, name, {"next_index": row.next_index if row else 0, **values})
            if faults == 1:
                fact = ObserverFailed(ticket=DESK_CHAIN, actor=DESK, observer=name, fault=fault)
                state.record(connection, appender, (fact,))

        await self._store.write(job)

    async def standing(self) -> dict[str, tuple[int, int, str]]:
        """By name: the next place, faults in a row, and the last fault."""
        return await self._store.read(
            lambda connection: {
                row.name: (row.next_index, row.faults, row.fault)
                for row in connection.execute(select(FOLLOWER))
            }
        )


def _batch(connection: Connection, since: int, kinds: Collection[str]) -> Batch | None:
    rows = connection.execute(
        select(LEAF.c.log_index, ENTRY.c.id, ENTRY.c.leaf, INDEX)
        .join(ENTRY, ENTRY.c.id == LEAF.c.entry_id)
        .join(INDEX, INDEX.c.entry_id == LEAF.c.entry_id)
        .where(LEAF.c.log_index >= since)
        .order_by(LEAF.c.log_index)
        .limit(BATCH)
    ).all()
    if not rows:
        return None
    entries = [
        AuditEntry(
            index=row.log_index,
            id=row.id,
            kind=row.kind,
            ticket=row.ticket_id,
            actor=f"{row.actor_type}:{row.actor_id}",
            at=moment(row.at_us),
            leaf=row.leaf,
        )
        for row in rows
        if not kinds or row.kind in kinds
    ]
    return Batch(entries, rows[-1].log_index + 1)


def _set(connection: Connection, name: str, values: dict[str, object]) -> None:
    mine = FOLLOWER.c.name == name
    if not connection.execute(update(FOLLOWER).where(mine).values(values)).rowcount:
        connection.execute(insert(FOLLOWER), {"name": name, **values})
