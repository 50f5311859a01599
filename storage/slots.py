"""Which process does a job of the clock, and which of its slots are done.

One row a job. Whoever holds it does all of its slots, and says again and again that it still does;
when it says nothing for a while, another process goes on with the first slot that is not known to
be done. Time is the database's: processes on several machines may disagree about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from storage.database_time import database_now_us
from storage.ledger.append import Appender
from storage.slot_tables import CLOCK_SLOT
from storage.store import SqlStore

SECONDS = 15.0
"""For how long a job is held unless the holder says so again."""

LONGEST_US = 60_000_000
"""No hold reaches further: one that does was given before the clock was put back."""

NEVER = -1


@dataclass(frozen=True, slots=True)
class Held:
    """A job that this process holds, as of `now_us`; `done` is the last slot that was done."""

    now_us: int
    done: int


class Slots:
    """The jobs that one process, the `holder`, has a hold on.

    `gone` tells of another process, by name, whether it is no more; what cannot be told is not
    gone, and then its hold has to run out.
    """

    def __init__(
        self, store: SqlStore, holder: str, gone: Callable[[str], bool], seconds: float = SECONDS
    ) -> None:
        self._store = store
        self._holder = holder
        self._gone = gone
        self.seconds = seconds

    async def hold(self, job: str, period_us: int, done: int = NEVER) -> Held | None:
        """Take a job, or go on holding it; None if another process has it.

        Args:
            job: its name.
            period_us: how long a slot is, in microseconds.
            done: the last slot that this process has done, to be remembered.

        Raises:
            StoreError: nobody knows.
        """

        def run(connection: Connection, appender: Appender) -> Held | None:
            row = connection.execute(
                select(CLOCK_SLOT).where(CLOCK_SLOT.c.job == job).with_for_update()
            ).one_or_none()
            now = _now_us(connection, appender)  # after the lock, which may have taken a while
            slot, hold = now // period_us, int(self.seconds * 1_000_000)
            values = {"holder": self._holder, "until_us": now + hold}
            if row is None:
                connection.execute(insert(CLOCK_SLOT), {"job": job, "done": done, **values})
                return Held(now, done)
            mine = row.holder == self._holder
            if not mine and now < row.until_us <= now + LONGEST_US and not self._gone(row.holder):
                return None
            last = max(row.done, done) if mine else row.done
            if last > slot + 1:  # the clock was put back: better twice than not for hours
                last = slot - 1
            this = update(CLOCK_SLOT).where(CLOCK_SLOT.c.job == job)
            connection.execute(this.values(done=last, **values))
            return Held(now, last)

        return await self._store.write(run)

    async def let_go(self, job: str, done: int) -> None:
        """Remember what was done, and let others have the job.

        Raises:
            StoreError: they have to wait until the hold runs out.
        """
        mine = (CLOCK_SLOT.c.job == job) & (CLOCK_SLOT.c.holder == self._holder)

        def run(connection: Connection, appender: Appender) -> None:
            now = _now_us(connection, appender)
            connection.execute(update(CLOCK_SLOT).where(mine).values(until_us=now, done=done))

        await self._store.write(run)


def _now_us(connection: Connection, appender: Appender) -> int:
    there = database_now_us(connection)
    return appender.now_us() if there is None else there
