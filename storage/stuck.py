"""What waits for longer than it should, and what is known of why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, func, select

from storage.claims import SECONDS
from storage.database_time import database_now_us
from storage.human_tables import CARD, HUMAN_REPLY, CardState
from storage.ledger.tables import INDEX, PENDING
from storage.notice_tables import NOTICE, NoticeState
from storage.step_tables import DESK_PROCESS, WORK_CLAIM
from storage.store import SqlStore
from storage.tables import MESSAGE, POST, PostState, TurnState

MILLION = 1_000_000
MOST = 100
"""Of each kind; when there are more, the oldest tell enough."""


class Kind(StrEnum):
    """What it is that is stuck."""

    TURN = "turn"
    POST = "post"
    CLAIM = "claim"
    NOTICE = "notice"
    CARD = "card"
    REPLY = "reply"
    ENTRIES = "entries"


@dataclass(frozen=True, slots=True)
class Stuck:
    """One thing that waits. `name` is its id, `seconds` for how long, `state` how far it came."""

    kind: Kind
    name: str
    ticket: str
    seconds: float
    state: str


@dataclass(frozen=True, slots=True)
class Process:
    """A process that runs turns; `silent` is for how many seconds nothing was heard of it."""

    name: str
    parts: str
    silent: float

    @property
    def alive(self) -> bool:
        """Whether others take it to be alive."""
        return self.silent <= SECONDS


async def stuck(store: SqlStore, now_us: int, seconds: float) -> list[Stuck]:
    """All that has waited for more than `seconds`, oldest first of each kind.

    Raises:
        StoreError: the database could not be read.
    """
    limit = int(seconds * MILLION)

    def job(connection: Connection) -> list[Stuck]:
        now = database_now_us(connection) or now_us
        return list(_all(connection, now, now - limit))

    return await store.read(job)


async def working(store: SqlStore, now_us: int) -> list[Process]:
    """The processes that said of themselves that they are at work.

    Raises:
        StoreError: the database could not be read.
    """

    def job(connection: Connection) -> list[Process]:
        now = database_now_us(connection) or now_us
        return [
            Process(row.name, row.parts, max(0.0, (now - row.seen_us) / MILLION))
            for row in connection.execute(select(DESK_PROCESS).order_by(DESK_PROCESS.c.name))
        ]

    return await store.read(job)


def _all(connection: Connection, now: int, before: int) -> Iterator[Stuck]:
    yield from _found(connection, now, Kind.TURN, _turns(before))
    yield from _found(connection, now, Kind.POST, _posts(before))
    yield from _found(connection, now, Kind.CLAIM, _claims(now - int(3 * SECONDS * MILLION)))
    yield from _found(connection, now, Kind.NOTICE, _notices(before))
    yield from _found(connection, now, Kind.CARD, _cards(before))
    yield from _found(connection, now, Kind.REPLY, _replies(before))
    entries, first = connection.execute(
        select(func.count(), func.min(PENDING.c.rec_us)).where(PENDING.c.rec_us < before)
    ).one()
    if entries:
        yield Stuck(Kind.ENTRIES, f"{entries} entries", "", (now - first) / MILLION, "waiting")


def _found(connection: Connection, now: int, kind: Kind, wanted: Select[Any]) -> Iterator[Stuck]:
    for name, ticket, since, state in connection.execute(wanted.limit(MOST)):
        yield Stuck(kind, name, ticket or "", (now - since) / MILLION, state)


def _turns(before: int) -> Select[Any]:
    m = MESSAGE.c
    return (
        select(m.id, m.ticket_id, m.received_us, m.turn_state)
        .where(m.turn_state != TurnState.ENDED, m.received_us < before)
        .order_by(m.received_us)
    )


def _posts(before: int) -> Select[Any]:
    """Posts of turns that have ended otherwise; those of others are seen with their turn."""
    return (
        select(POST.c.key, POST.c.ticket_id, POST.c.at_us, POST.c.state)
        .join(MESSAGE, MESSAGE.c.id == POST.c.message_id)
        .where(
            POST.c.state != PostState.DONE,
            POST.c.at_us < before,
            MESSAGE.c.turn_state == TurnState.ENDED,
        )
        .order_by(POST.c.at_us)
    )


def _claims(before: int) -> Select[Any]:
    """Claims of processes that nobody has heard of for long."""
    c, p = WORK_CLAIM.c, DESK_PROCESS.c
    return (
        select(c.name, c.name, p.seen_us, c.holder)
        .join(DESK_PROCESS, p.name == c.holder)
        .where(p.seen_us < before)
        .order_by(p.seen_us)
    )


def _notices(before: int) -> Select[Any]:
    n = NOTICE.c
    return (
        select(n.key, n.ticket_id, n.at_us, n.fault)
        .where(n.state == NoticeState.WAITING, n.at_us < before)
        .order_by(n.at_us)
    )


def _cards(before: int) -> Select[Any]:
    c = CARD.c
    return (
        select(c.id, c.ticket_id, c.changed_us, c.state)
        .where(c.changed_us > c.shown_us, c.changed_us < before, c.state != CardState.RESOLVED)
        .order_by(c.changed_us)
    )


def _replies(before: int) -> Select[Any]:
    r = HUMAN_REPLY.c
    return (
        select(r.entry_id, r.ticket_id, INDEX.c.rec_us, INDEX.c.kind)
        .join(INDEX, INDEX.c.entry_id == r.entry_id)
        .where(r.place.is_(None), INDEX.c.rec_us < before)
        .order_by(INDEX.c.rec_us)
    )
