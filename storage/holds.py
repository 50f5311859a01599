"""What a process holds: the right to work on something, until it lets go or is overtaken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Connection,
    bindparam,
    cast,
    delete,
    extract,
    func,
    insert,
    select,
)

from frontdesk.errors import StoreError
from storage.ledger import often
from storage.step_tables import DOUBTED_POST, WORK_CLAIM

NOW_US = cast(extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
"""Now, by the clock of the server; PostgreSQL only."""

_NOW = select(NOW_US)
_MINE = (
    WORK_CLAIM.c.name == bindparam("name"),
    WORK_CLAIM.c.holder == bindparam("holder"),
    WORK_CLAIM.c.epoch == bindparam("epoch"),
)
_HELD = select(WORK_CLAIM.c.epoch).where(*_MINE).with_for_update(read=True)
_LET_GO = delete(WORK_CLAIM).where(*_MINE)


class Overtaken(StoreError):  # noqa: N818 - it names what happened
    """Another process has taken over what this one was working on; it must stop."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What this process may do with something until it lets go or is overtaken."""

    name: str
    holder: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A ticket that this process works on now: what waits, oldest first, and whose key it needs.

    Of each message it says whether its turn had begun. None where only the caller knows what waits.
    """

    hold: Hold
    subject: str
    waiting: Sequence[tuple[str, bool]] | None


def check(connection: Connection, hold: Hold) -> None:
    """Make sure that something is still held, until the end of the transaction.

    Raises:
        Overtaken: it is not; raised here or by what comes next in the transaction.
    """
    names = {"name": hold.name, "holder": hold.holder, "epoch": hold.epoch}
    overtaken = f"nothing was recorded: another process has taken over {hold.name}"
    often.must(connection, _HELD, names, lambda: Overtaken(overtaken))


def doubt(connection: Connection, message: str, here: Callable[[], int]) -> None:
    """Doubt from now on that what is posted for a message stands there once; see `doubts.py`."""
    connection.execute(delete(DOUBTED_POST).where(DOUBTED_POST.c.message_id == message))
    row = {"message_id": message, "since_us": clock_us(connection, here), "looks": 0}
    connection.execute(insert(DOUBTED_POST), row)


def let_go(connection: Connection, hold: Hold) -> None:
    """Let others have something, in the caller's transaction; what was taken over stays theirs."""
    names = {"name": hold.name, "holder": hold.holder, "epoch": hold.epoch}
    often.run(connection, _LET_GO, [names])


def clock_us(connection: Connection, here: Callable[[], int]) -> int:
    """Now, by the clock that all processes of this database share: the server's, or that `here`."""
    if connection.dialect.name == "postgresql":
        now = often.first(connection, _NOW, {})
        assert now is not None  # noqa: S101 - a select without a table has one row
        return int(now[0])
    return here()
