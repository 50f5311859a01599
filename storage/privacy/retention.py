"""Retention: texts go when their time is over, class by class; the entries stay.

What the desk did, when and why remains provable for as long as the log stands: entries hold no
personal data. Texts do, and each class of them has a time. No time is shorter than the floor: those
who deploy the desk have to be able to look back that long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, or_, select

from storage.facts import AUDIT
from storage.ids import first_uuid7
from storage.ledger.append import Appender
from storage.ledger.subjects import Subjects
from storage.ledger.tables import INDEX, PAYLOAD
from storage.people.tables import ACCOUNT
from storage.privacy import erasing, targets
from storage.privacy.facts import Basis, RetentionApplied
from storage.privacy.tables import LEGAL_HOLD
from storage.reading import need
from storage.store import SqlStore
from storage.tables import TICKET, TicketStatus

FLOOR_DAYS = 184
"""Half a year: what the AI Act asks deployers to keep of such logs at least (Articles 19, 26)."""

DEFAULT_DAYS = 396
"""Thirteen months: a whole year can be looked back on."""

CLASSES: Mapping[str, str] = {
    "messages": "what requesters and staff wrote",
    "answers": "what specialists and models wrote: drafts, replies, notes, arguments of tools",
    "notices": "what the desk said by itself: reminders, digests",
    "reviews": "what reviewers wrote about decisions",
    "log": "what was typed about the log itself: words searched for, reasons of holds",
}
"""The classes of texts, and what is in them."""

_REVIEWS = ("review:%", "finding:%", "case:%", "comment:%")
_LOG = ("audit:%", "hold:%", "export:%", "search:%")
_AT_ONCE = 2000
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class RetentionPlan:
    """What a run would erase, by class, and how many texts past their time are held."""

    due: Mapping[str, int]
    held: int
    days: Mapping[str, int] = field(default_factory=dict)


def days_of(default: int, by_class: Mapping[str, int]) -> dict[str, int]:
    """The days of each class.

    Raises:
        ValueError: a class does not exist, or a time is below the floor.
    """
    if unknown := sorted(set(by_class) - set(CLASSES)):
        raise ValueError(f"there is no class {unknown[0]!r}: name one of {', '.join(CLASSES)}")
    days = {name: by_class.get(name, default) for name in CLASSES}
    if short := sorted(name for name, number in days.items() if number < FLOOR_DAYS):
        raise ValueError(
            f"{short[0]} are to be kept for {days[short[0]]} days: the law asks for "
            f"{FLOOR_DAYS} at least"
        )
    return days


def text_class(kind: str, actor_type: str) -> str:
    """The class that the texts of an entry belong to."""
    if kind.startswith("notice:intended"):
        return "notices"
    for name, patterns in (("reviews", _REVIEWS), ("log", _LOG)):
        if any(kind.startswith(pattern.rstrip("%")) for pattern in patterns):
            return name
    return "messages" if actor_type == "human" else "answers"


async def plan(store: SqlStore, now_us: int, days: Mapping[str, int]) -> RetentionPlan:
    """What is past its time; nothing is changed."""

    def job(connection: Connection) -> RetentionPlan:
        due = {name: _count(connection, _past(name, now_us, days)) for name in days}
        held = sum(_count(connection, _past(name, now_us, days, held=True)) for name in days)
        return RetentionPlan({name: count for name, count in due.items() if count}, held, days)

    return await store.read(job)


async def apply(store: SqlStore, days: Mapping[str, int], *, most: int = 100_000) -> RetentionPlan:
    """Erase what is past its time, at most so many texts, and put that on record.

    Nothing is recorded where nothing is due. Give what was erased, by class.
    """
    erased: dict[str, int] = dict.fromkeys(days, 0)
    run = await store.write(lambda _, appender: appender.names.short("R", appender.now_us()))
    for name in days:
        while sum(erased.values()) < most:
            gone = await store.write(partial(_step, run=run, name=name, days=days))
            erased[name] += gone
            if not gone:
                break
    done = {name: count for name, count in erased.items() if count}
    left = await store.write(lambda db, appender: _said(db, appender, run, days, done))
    if done:
        await _forget_nobodies(store)
        await store.tidy(rewrite=False)
    return RetentionPlan(done, left, days)


def _step(
    connection: Connection, appender: Appender, *, run: str, name: str, days: Mapping[str, int]
) -> int:
    query = (
        select(INDEX.c.ticket_id, INDEX.c.ticket_seq, INDEX.c.entry_id, PAYLOAD.c.field)
        .join(PAYLOAD, PAYLOAD.c.entry_id == INDEX.c.entry_id)
        .where(_past(name, appender.now_us(), days))
        .order_by(PAYLOAD.c.entry_id)
        .limit(_AT_ONCE)
    )
    found = targets.gathered(connection.execute(query))
    erasing.erase(connection, appender, found, run, Basis.RETENTION)
    return found.texts


def _said(
    connection: Connection,
    appender: Appender,
    run: str,
    days: Mapping[str, int],
    done: Mapping[str, int],
) -> int:
    """Put the run on record; give how many texts are past their time and held."""
    now = appender.now_us()
    held = sum(_count(connection, _past(name, now, days, held=True)) for name in days)
    if done:
        more = any(_count(connection, _past(name, now, days)) for name in days)
        fact = RetentionApplied(
            ticket=AUDIT,
            actor="system:desk",
            run=run,
            days=dict(days),
            erased=dict(done),
            held=held,
            more=more,
        )
        appender.append(connection, (fact,))
    return held


def _past(
    name: str, now_us: int, days: Mapping[str, int], *, held: bool = False
) -> ColumnElement[bool]:
    """Texts of a class that are past their time: those that are not held, or those that are."""
    before_us = now_us - days[name] * _DAY_US
    # Ids are in the order of time, so that only the old end of the table is looked through.
    old = PAYLOAD.c.entry_id < first_uuid7(before_us + _DAY_US)
    return and_(
        old, INDEX.c.rec_us < before_us, _in_class(name), _held() if held else not_(_held())
    )


def _in_class(name: str) -> ColumnElement[bool]:
    reviews = or_(*(INDEX.c.kind.like(pattern) for pattern in _REVIEWS))
    log = or_(*(INDEX.c.kind.like(pattern) for pattern in _LOG))
    notices = INDEX.c.kind == "notice:intended"
    rest = not_(or_(reviews, log, notices))
    human = INDEX.c.actor_type == "human"
    return {
        "messages": and_(rest, human),
        "answers": and_(rest, not_(human)),
        "notices": notices,
        "reviews": reviews,
        "log": log,
    }[name]


def _held() -> ColumnElement[bool]:
    def held(column: Any) -> Select[Any]:
        return select(column).where(LEGAL_HOLD.c.released_us.is_(None), column.is_not(None))

    tickets = select(TICKET.c.id).where(TICKET.c.workspace.in_(held(LEGAL_HOLD.c.workspace)))
    people = held(LEGAL_HOLD.c.subject_ref)
    return or_(
        PAYLOAD.c.subject_ref.in_(people),
        func.coalesce(PAYLOAD.c.author_ref, "").in_(people),
        INDEX.c.ticket_id.in_(held(LEGAL_HOLD.c.ticket_id)),
        INDEX.c.ticket_id.in_(tickets),
        PAYLOAD.c.entry_id.in_(held(LEGAL_HOLD.c.entry_id)),
    )


def _count(connection: Connection, which: ColumnElement[bool]) -> int:
    joined = PAYLOAD.join(INDEX, INDEX.c.entry_id == PAYLOAD.c.entry_id)
    query = select(func.count()).select_from(joined).where(which)
    return int(connection.execute(query).scalar_one())


def _needed(connection: Connection) -> set[str]:
    """People of whom something is kept, who did something on record, or whose ticket is open."""
    columns = (
        select(PAYLOAD.c.subject_ref).distinct(),
        select(PAYLOAD.c.author_ref).where(PAYLOAD.c.author_ref.is_not(None)).distinct(),
        select(INDEX.c.actor_id).where(INDEX.c.actor_type == "human").distinct(),
        select(TICKET.c.subject_ref).where(TICKET.c.status != TicketStatus.CLOSED),
        select(LEGAL_HOLD.c.subject_ref).where(LEGAL_HOLD.c.released_us.is_(None)),
        select(ACCOUNT.c.person_ref),
    )
    return {str(one) for query in columns for one in connection.execute(query).scalars()}


async def _forget_nobodies(store: SqlStore) -> None:
    """Destroy the keys of people of whom nothing is left.

    Who comes meanwhile must not lose what they write. So people are read first, then what was on
    its way to the database gets there, and only then is it read who is needed.
    """
    subjects = need(store.keys).subjects
    known = await asyncio.to_thread(lambda: [ref for ref, _ in subjects.everybody()])
    await store.write(lambda *_: None)
    gone = sorted(set(known) - await store.read(_needed))
    await asyncio.to_thread(_destroy, subjects, gone)


def _destroy(subjects: Subjects, gone: Sequence[str]) -> None:
    for ref in gone[:-1]:
        subjects.destroy(ref, tidy=False)
    for ref in gone[-1:]:
        subjects.destroy(ref)
