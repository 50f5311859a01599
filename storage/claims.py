"""Who works on what: several processes share one database, and each thing is one's at a time.

A process says every few seconds that it is alive. What belongs to one that has not said so for a
while, or is known to be gone, may be taken over by any other. One that was only slow finds out when
it next wants to write: every claim has an epoch, and what is written under an old one is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql

from storage.guard import elapsed, guarded
from storage.holds import NOW_US, Hold, Overtaken, Taken, check, clock_us, let_go
from storage.ledger import often
from storage.ledger.append import Appender
from storage.step_tables import DESK_PROCESS, STOP_WISH, WORK_CLAIM
from storage.store import SqlStore
from storage.tables import MESSAGE, TICKET, TurnState

__all__ = ["Claims", "Hold", "Overtaken", "Taken", "check"]

T = TypeVar("T")

SECONDS = 9.0
"""For how long a process that says nothing is taken to be alive."""

FORGET_US = 24 * 3_600_000_000
_MILLION = 1_000_000

_ONE_AFTER_ANOTHER = text("SELECT pg_advisory_xact_lock(7310868735461728117)")
_HELD_BY = select(WORK_CLAIM.c.holder, WORK_CLAIM.c.epoch).where(
    WORK_CLAIM.c.name == bindparam("name")
)
_CLAIM = _HELD_BY.with_for_update()
_SEEN = select(DESK_PROCESS.c.seen_us).where(DESK_PROCESS.c.name == bindparam("holder"))
_NEW = insert(WORK_CLAIM)
_NEW_HERE = (
    postgresql.insert(WORK_CLAIM)
    .values(name=bindparam("name"), holder=bindparam("holder"), epoch=NOW_US)
    .on_conflict_do_nothing()
    .returning(WORK_CLAIM.c.epoch)
)
_UNENDED = (MESSAGE.c.ticket_id == TICKET.c.id) & (MESSAGE.c.turn_state != TurnState.ENDED)
_WAITING = (
    select(TICKET.c.subject_ref, MESSAGE.c.id, MESSAGE.c.turn_state)
    .select_from(TICKET.outerjoin(MESSAGE, _UNENDED))
    .where(TICKET.c.id == bindparam("name"))
    .order_by(MESSAGE.c.ticket_seq)
)


class Claims:
    """The claims of one process, the `holder`.

    `gone` tells of another process, by name, whether it is no more: what cannot be told is not.
    `most` limits the tickets that all processes work on together; 0 is no limit.
    """

    def __init__(
        self,
        store: SqlStore,
        holder: str,
        gone: Callable[[str], bool],
        seconds: float = SECONDS,
        *,
        parts: str = "",
        most: int = 0,
    ) -> None:
        self._store = store
        self._holder = holder
        self._gone = gone
        self._parts = parts
        self._most = most
        self._beaten = 0.0
        self._beating = False
        self._unbroken_since = 0.0
        self._trusts_from = 0.0
        self.seconds = seconds

    def alive_since(self, moment: float) -> bool:
        """Whether nobody can have taken this process for dead since a moment, nor will just now.

        The moment is one of `storage.guard.elapsed`, at which something was known to be held.
        """
        fresh = elapsed() - self._beaten < self.seconds / 2
        return fresh and self._unbroken_since <= moment

    async def beat(self) -> None:
        """Say that this process is alive; to be called every third of `seconds`.

        Raises:
            StoreError: nobody heard it.
        """
        began = elapsed()
        await self._store.write(self._beat)
        self._heard(began)

    async def end(self) -> None:
        """Say that this process works no more: others may take over at once what it still holds.

        Raises:
            StoreError: they have to wait until it is taken for dead.
        """
        mine = delete(DESK_PROCESS).where(DESK_PROCESS.c.name == self._holder)
        await self._store.write(lambda connection, _: connection.execute(mine))
        self._beaten = 0.0

    async def claim(self, name: str) -> Hold | None:
        """Be the one who does something; None if another process is.

        Raises:
            StoreError: nobody knows.
        """
        return await self._write(
            lambda connection, appender: self._claim(connection, appender, name)
        )

    @contextlib.asynccontextmanager
    async def errand(self, name: str) -> AsyncIterator[bool]:
        """Do something that no other process must do as well; False if one is at it.

        Raises:
            StoreError: nobody knows.
        """
        hold = await self.claim(name)
        began = elapsed()
        if hold is None:
            yield False
            return
        try:
            with guarded(lambda: self.alive_since(began)):
                yield True
        finally:
            await asyncio.shield(self.release(hold))

    async def take(self, ticket: str) -> Taken | None:
        """Be the one who works on a ticket; None if another process does, or too many do already.

        Raises:
            StoreError: nobody knows.
        """

        def job(connection: Connection, appender: Appender) -> Taken | None:
            if self._most and not self._has_room(connection, appender):
                return None
            hold = self._claim(connection, appender, ticket)
            rows = often.rows(connection, _WAITING, {"name": ticket}) if hold else ()
            if hold is None or not rows:
                return None
            waiting = [(row.id, row.turn_state == TurnState.BEGUN) for row in rows if row.id]
            return Taken(hold, rows[0].subject_ref, waiting)

        return await self._write(job)

    async def wish_stop(self, ticket: str, actor: str) -> bool:
        """Have the ticket's turn stopped by whoever runs it; False if none waits or runs.

        Raises:
            StoreError: it could not be wished for.
        """

        def job(connection: Connection, appender: Appender) -> bool:
            if not any(row.id for row in often.rows(connection, _WAITING, {"name": ticket})):
                return False
            this = STOP_WISH.c.ticket_id == ticket
            if connection.execute(select(STOP_WISH.c.actor).where(this)).first() is None:
                row = {"ticket_id": ticket, "actor": actor, "at_us": appender.now_us()}
                connection.execute(insert(STOP_WISH), row)
            return True

        return await self._store.write(job)

    async def release(self, hold: Hold) -> None:
        """Let others have it.

        Raises:
            StoreError: they have to wait until this process is gone.
        """
        await self._store.write(lambda connection, _: let_go(connection, hold))

    async def _write(self, job: Callable[[Connection, Appender], T]) -> T:
        """Write, and be alive by it: who claims something must be known to live."""
        began = elapsed()
        silent = began - self._beaten
        if silent < self.seconds / 3 or (self._beating and silent < self.seconds / 2):
            return await self._store.write(job)

        def both(connection: Connection, appender: Appender) -> T:
            self._beat(connection, appender)
            return job(connection, appender)

        self._beating = True
        try:
            done = await self._store.write(both)
        finally:
            self._beating = False
        self._heard(began)
        return done

    def _heard(self, began: float) -> None:
        """Remember a beat. After a gap no silence is trusted for a while: all had that gap."""
        gap = elapsed() - self._beaten
        if gap > self.seconds / 2:
            self._unbroken_since = began
        if self._beaten and gap > self.seconds:
            self._trusts_from = elapsed() + self.seconds
        self._beaten = began

    def _beat(self, connection: Connection, appender: Appender) -> None:
        now = clock_us(connection, appender.now_us)
        me = DESK_PROCESS.c.name == self._holder
        values = {"seen_us": now, "parts": self._parts}
        if connection.execute(update(DESK_PROCESS).where(me).values(values)).rowcount:
            return
        row = {"name": self._holder, "began_us": now, **values}
        connection.execute(insert(DESK_PROCESS), row)
        old = DESK_PROCESS.c.seen_us < now - FORGET_US
        connection.execute(delete(DESK_PROCESS).where(old))

    def _claim(self, connection: Connection, appender: Appender, name: str) -> Hold | None:
        if connection.dialect.name == "postgresql":
            made = often.first(connection, _NEW_HERE, {"name": name, "holder": self._holder})
            if made is not None:
                return Hold(name, self._holder, made[0])
            # A row that is locked to look at it would hold up whoever works on it.
            held = often.first(connection, _HELD_BY, {"name": name})
            if held is not None and self._is_anothers(connection, appender, held[0]):
                return None
        row = often.first(connection, _CLAIM, {"name": name})
        now = clock_us(connection, appender.now_us)
        if row is None:
            hold = Hold(name, self._holder, now)
            often.run(connection, _NEW, [{"name": name, "holder": hold.holder, "epoch": now}])
            return hold
        holder, epoch = row
        if holder != self._holder and self._lives(connection, holder, now):
            return None
        hold = Hold(name, self._holder, max(now, epoch + 1))
        mine = update(WORK_CLAIM).where(WORK_CLAIM.c.name == name)
        connection.execute(mine.values(holder=hold.holder, epoch=hold.epoch))
        return hold

    def _is_anothers(self, connection: Connection, appender: Appender, holder: str) -> bool:
        now = clock_us(connection, appender.now_us)
        return holder != self._holder and self._lives(connection, holder, now)

    def _lives(self, connection: Connection, holder: str, now: int) -> bool:
        if self._gone(holder):
            return False
        if elapsed() < self._trusts_from:
            return True
        seen = often.first(connection, _SEEN, {"holder": holder})
        # What was seen in the future was seen before the clock was put back.
        return seen is not None and abs(now - seen[0]) <= self.seconds * _MILLION

    def _has_room(self, connection: Connection, appender: Appender) -> bool:
        if connection.dialect.name == "postgresql":
            connection.execute(_ONE_AFTER_ANOTHER)
        since = clock_us(connection, appender.now_us) - int(self.seconds * _MILLION)
        busy = (
            select(func.count())
            .select_from(WORK_CLAIM.join(DESK_PROCESS, DESK_PROCESS.c.name == WORK_CLAIM.c.holder))
            .join(TICKET, TICKET.c.id == WORK_CLAIM.c.name)
            .where(DESK_PROCESS.c.seen_us >= since)
        )
        return connection.execute(busy).scalar_one() < self._most
