"""The figures of one day: what came in, who answered, what was late, what people put right."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from storage.conversations import microseconds, moment
from storage.ledger.tables import ENTRY, INDEX
from storage.store import SqlStore
from storage.tables import POST, TICKET, PostState

SLOWEST = 3
HOURS = 24
_BY_A_PERSON = {"ticket:escalated", "human:replied", "ticket:taken-over", "draft:held"}
_ABOUT_TICKETS = ("turn:ended", *sorted(_BY_A_PERSON))
_IN_FULL = ("sla:breached", "ticket:rerouted", "draft:approved", "feedback:given")
_SCORES = "satisfaction:given"


@dataclass(frozen=True, slots=True)
class Field:
    """A specialist's day: matters it answered, and those it left to people; "" is nobody."""

    specialist: str
    answered: int
    escalated: int


@dataclass(frozen=True, slots=True)
class Slow:
    """A ticket that waited long for its first answer."""

    ticket: str
    specialist: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Moved:
    """How often people sent a question from one specialist to another."""

    source: str
    target: str
    count: int


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day in one workspace, in local time. `alone` were answered without any person.

    `hours` are the tickets opened in each hour, `unanswered` those of the day still without any
    answer, `breaches` deadlines that passed by what they measure.
    """

    day: date
    zone: str
    hours: tuple[int, ...]
    sources: tuple[tuple[str, int], ...] = ()
    alone: int = 0
    with_people: int = 0
    unanswered: int = 0
    fields: tuple[Field, ...] = ()
    breaches: tuple[tuple[str, int], ...] = ()
    slowest: tuple[Slow, ...] = ()
    moved: tuple[Moved, ...] = ()
    edited: int = 0
    unhelpful: int = 0
    helpful: int = 0
    scores: tuple[int, ...] = ()

    @property
    def opened(self) -> int:
        """Tickets opened that day."""
        return sum(self.hours)

    @property
    def quiet(self) -> bool:
        """Whether nothing happened at all."""
        return not (self.opened or self.breaches or self.moved or self.scores or self.fields)


class Digests:
    """The days of one store."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def day(
        self, day: date, zone: ZoneInfo, workspaces: Collection[str] | None = None
    ) -> DayFigures:
        """The figures of a local day, of some workspaces or of all."""
        begins, ends = bounds(day, zone)
        return await self._store.read(
            lambda db: _figures(db, day, zone, (begins, ends), workspaces)
        )

    async def any_ticket(self) -> bool:
        """Whether there was ever one."""
        return await self._store.read(
            lambda db: db.execute(select(TICKET.c.id)).first() is not None
        )


def bounds(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """When a local day begins and ends, in microseconds; it may have 23 or 25 hours."""
    begins = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    return microseconds(begins), microseconds(ends)


def _figures(
    connection: Connection,
    day: date,
    zone: ZoneInfo,
    span: tuple[int, int],
    workspaces: Collection[str] | None,
) -> DayFigures:
    opened = _opened(connection, span, workspaces)
    about = _about(connection, span, workspaces)
    bodies = _bodies(connection, span, workspaces)
    answered = _first_answers(connection, span, workspaces)
    people = {row.ticket_id for row in about if row.kind in _BY_A_PERSON}
    replied = {row.ticket_id for row in about if row.outcome == "replied"}
    alone = {row.id for row in opened} & replied - people
    votes = Counter(body["vote"] for body in bodies.get("feedback:given", ()))
    return DayFigures(
        day=day,
        zone=zone.key,
        hours=_hours(opened, zone),
        sources=tuple(Counter(row.source for row in opened).most_common()),
        alone=len(alone),
        with_people=len({row.id for row in opened} & people),
        unanswered=sum(row.id not in answered for row in opened),
        fields=_fields(about),
        breaches=tuple(Counter(b["target"] for b in bodies.get("sla:breached", ())).most_common()),
        slowest=_slowest(opened, answered),
        moved=_moved(bodies.get("ticket:rerouted", ())),
        edited=sum(bool(body["edited"]) for body in bodies.get("draft:approved", ())),
        unhelpful=votes["unhelpful"],
        helpful=votes["helpful"],
        scores=tuple(body["score"] for body in bodies.get(_SCORES, ())),
    )


def _of(query: Select[Any], workspaces: Collection[str] | None) -> Select[Any]:
    return query if workspaces is None else query.where(TICKET.c.workspace.in_(list(workspaces)))


def _during(span: tuple[int, int]) -> ColumnElement[bool]:
    return TICKET.c.opened_us.between(span[0], span[1] - 1)


def _opened(
    connection: Connection, span: tuple[int, int], workspaces: Collection[str] | None
) -> Sequence[Row[Any]]:
    columns = (TICKET.c.id, TICKET.c.source, TICKET.c.specialist, TICKET.c.opened_us)
    query = select(*columns).where(_during(span)).order_by(TICKET.c.id)
    return connection.execute(_of(query, workspaces)).all()


def _about(
    connection: Connection, span: tuple[int, int], workspaces: Collection[str] | None
) -> Sequence[Row[Any]]:
    """What happened that day to any ticket, without its details."""
    query = (
        select(INDEX.c.kind, INDEX.c.ticket_id, INDEX.c.specialist, INDEX.c.outcome, INDEX.c.rec_us)
        .join(TICKET, TICKET.c.id == INDEX.c.ticket_id)
        .where(INDEX.c.kind.in_(_ABOUT_TICKETS), INDEX.c.rec_us.between(span[0], span[1] - 1))
    )
    return connection.execute(_of(query, workspaces)).all()


def _bodies(
    connection: Connection, span: tuple[int, int], workspaces: Collection[str] | None
) -> dict[str, list[dict[str, Any]]]:
    """What happened that day, with its details, by kind."""
    query = (
        select(INDEX.c.kind, ENTRY.c.leaf)
        .join(ENTRY, ENTRY.c.id == INDEX.c.entry_id)
        .join(TICKET, TICKET.c.id == INDEX.c.ticket_id)
        .where(INDEX.c.kind.in_((*_IN_FULL, _SCORES)))
        .where(INDEX.c.rec_us.between(span[0], span[1] - 1))
        .order_by(INDEX.c.entry_id)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(_of(query, workspaces)):
        found.setdefault(row.kind, []).append(json.loads(row.leaf)["body"])
    return found


def _first_answers(
    connection: Connection, span: tuple[int, int], workspaces: Collection[str] | None
) -> dict[str, int]:
    query = (
        select(POST.c.ticket_id, func.min(POST.c.at_us).label("at_us"))
        .join(TICKET, TICKET.c.id == POST.c.ticket_id)
        .where(_during(span), POST.c.state == PostState.DONE)
        .group_by(POST.c.ticket_id)
    )
    return {row.ticket_id: row.at_us for row in connection.execute(_of(query, workspaces))}


def _hours(opened: Sequence[Row[Any]], zone: ZoneInfo) -> tuple[int, ...]:
    counted = Counter(moment(row.opened_us).astimezone(zone).hour for row in opened)
    return tuple(counted[hour] for hour in range(HOURS))


def _fields(about: Sequence[Row[Any]]) -> tuple[Field, ...]:
    answered = Counter(row.specialist or "" for row in about if row.outcome == "replied")
    escalated = Counter(row.specialist or "" for row in about if row.kind == "ticket:escalated")
    names = sorted({*answered, *escalated}, key=lambda name: (-answered[name], name))
    return tuple(Field(name, answered[name], escalated[name]) for name in names)


def _slowest(opened: Sequence[Row[Any]], answered: dict[str, int]) -> tuple[Slow, ...]:
    waited = [
        Slow(row.id, row.specialist or "", (answered[row.id] - row.opened_us) // 1_000_000)
        for row in opened
        if row.id in answered
    ]
    return tuple(sorted(waited, key=lambda one: -one.seconds)[:SLOWEST])


def _moved(bodies: Sequence[dict[str, Any]]) -> tuple[Moved, ...]:
    counted = Counter((body["source"] or "", body["target"]) for body in bodies)
    return tuple(Moved(*pair, count) for pair, count in counted.most_common())
