"""How much waits, and for how long: what whoever watches the desk asks the tables."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from storage.database_time import database_now_us
from storage.human_tables import CARD, HUMAN_REPLY
from storage.ledger.tables import PENDING
from storage.notice_tables import NOTICE, NoticeState
from storage.slot_tables import CLOCK_SLOT
from storage.store import SqlStore
from storage.tables import MESSAGE, POST, PostState, TurnState

SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Depths:
    """What waits at one moment. Ages are of the oldest, in seconds; 0 where nothing waits.

    `clock_skew` is how far the database's clock is ahead of this machine's, and `clock_silent` how
    long no process was heard of that runs the clock, None if there never was one; both in seconds.
    """

    turns: int
    turns_begun: int
    oldest_turn: float
    pending: int
    oldest_pending: float
    posts_intended: int
    notices: int
    oldest_notice: float
    cards: int
    replies: int
    clock_skew: float
    clock_silent: float | None


async def depths(store: SqlStore, now_us: int) -> Depths:
    """All of it, in one read; `now_us` is this machine's time.

    Raises:
        StoreError: the database could not be read.
    """
    return await store.read(lambda connection: _read(connection, now_us))


def _read(connection: Connection, now_us: int) -> Depths:
    there_us = database_now_us(connection)
    now = there_us if there_us is not None else now_us
    unended = MESSAGE.c.turn_state != TurnState.ENDED
    begun = MESSAGE.c.turn_state == TurnState.BEGUN
    turns, first = connection.execute(
        select(func.count(), func.min(MESSAGE.c.received_us)).where(unended)
    ).one()
    pending, first_pending = connection.execute(
        select(func.count(), func.min(PENDING.c.rec_us)).select_from(PENDING)
    ).one()
    due = NOTICE.c.state == NoticeState.WAITING
    notices, first_notice = connection.execute(
        select(func.count(), func.min(NOTICE.c.at_us)).where(due)
    ).one()
    heard = connection.execute(select(func.max(CLOCK_SLOT.c.until_us))).scalar()
    return Depths(
        turns=turns,
        turns_begun=_count(connection, select(func.count()).where(begun)),
        oldest_turn=_age(now, first),
        pending=pending,
        oldest_pending=_age(now, first_pending),
        posts_intended=_count(
            connection, select(func.count()).where(POST.c.state == PostState.INTENDED)
        ),
        notices=notices,
        oldest_notice=_age(now, first_notice),
        cards=_count(connection, select(func.count()).where(CARD.c.changed_us > CARD.c.shown_us)),
        replies=_count(connection, select(func.count()).where(HUMAN_REPLY.c.place.is_(None))),
        clock_skew=0.0 if there_us is None else (there_us - now_us) / SECOND,
        clock_silent=None if heard is None else _age(now, heard),
    )


def _count(connection: Connection, wanted: object) -> int:
    return int(connection.execute(wanted).scalar_one())  # type: ignore[call-overload]


def _age(now: int, then: int | None) -> float:
    return 0.0 if then is None else max(0.0, (now - then) / SECOND)
