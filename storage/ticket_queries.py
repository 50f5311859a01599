"""The life of tickets, for lists and reports: who has them, how urgent they are, what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from router.sla import Reckoned
from router.ticket_facts import Priority, Target
from router.ticket_life import TicketStatus
from storage import reading
from storage.conversations import microseconds, moment
from storage.deadlines import RulesOf, reckoned
from storage.ledger.keys import Keys
from storage.narrowing import narrowed_to
from storage.queries import TicketRow, ticket_row
from storage.store import SqlStore
from storage.tables import TICKET
from storage.ticket_tables import CLOCK, LINK, TAG


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock of a ticket. `used` is business time.

    `due` is None while the clock stands; `ended` is when what it measures was reached. `breached`:
    a deadline passed, in this round or an earlier one.
    """

    target: Target
    used: timedelta
    allowed: timedelta
    due: datetime | None
    ended: datetime | None
    breached: bool
    round: int


@dataclass(frozen=True, slots=True)
class LinkView:
    """What a ticket has to do with another; `from_here` tells which of the two said so."""

    link: str
    other: str
    from_here: bool


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of a ticket besides its messages. `assignee` is as the source names them."""

    priority: Priority
    urgency: Priority
    assignee: str
    group: str
    resolution: str
    reopened: int
    tags: tuple[str, ...]
    links: tuple[LinkView, ...]
    clocks: tuple[ClockView, ...]
    first_answer: datetime | None
    first_human: datetime | None
    resolved: datetime | None


@dataclass(frozen=True, slots=True)
class LivingTicket:
    """A ticket in a list, and its life."""

    row: TicketRow
    life: Life


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets; what is None or empty leaves out none. `overdue`: a deadline has passed."""

    statuses: tuple[TicketStatus, ...] = ()
    specialist: str | None = None
    priority: Priority | None = None
    assignee: str | None = None
    group: str | None = None
    tag: str | None = None
    workspace: str | None = None
    source: str | None = None
    since: datetime | None = None
    overdue: bool = False


@dataclass(slots=True)
class _Beside:
    """What belongs to tickets, by their ids."""

    tags: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, list[LinkView]] = field(default_factory=lambda: defaultdict(list))
    clocks: dict[str, list[ClockView]] = field(default_factory=lambda: defaultdict(list))


class TicketQueries:
    """Reads the life of tickets from one store. `StoreError` if it cannot be read."""

    def __init__(self, store: SqlStore, rules_of: RulesOf) -> None:
        """`rules_of` gives the rules of a workspace: clocks are shown as they stand now."""
        self._store = store
        self._rules_of = rules_of

    async def list(
        self, wanted: Wanted, *, limit: int = 50, after: str | None = None
    ) -> tuple[LivingTicket, ...]:
        """Tickets, newest first; `after` is the last id of the page before."""

        def job(connection: Connection) -> tuple[LivingTicket, ...]:
            query = _query(connection, wanted, self._store.keys)
            query = query.order_by(TICKET.c.id.desc()).limit(limit)
            if after is not None:
                query = query.where(TICKET.c.id < after)
            return self._living(connection, connection.execute(query).all())

        return await self._store.read(job)

    async def life(self, ticket: str) -> Life:
        """The life of one ticket, by its whole id."""
        query = select(TICKET).where(TICKET.c.id == ticket)

        def job(connection: Connection) -> Life:
            return self._living(connection, [connection.execute(query).one()])[0].life

        return await self._store.read(job)

    def _living(self, connection: Connection, rows: Sequence[Row[Any]]) -> tuple[LivingTicket, ...]:
        beside = _beside(connection, [row.id for row in rows], self._rules_of)
        keys = self._store.keys
        return tuple(LivingTicket(ticket_row(row), _life(keys, row, beside)) for row in rows)


def _query(connection: Connection, wanted: Wanted, keys: Keys | None) -> Select[Any]:
    same = {
        TICKET.c.specialist: wanted.specialist,
        TICKET.c.priority: wanted.priority,
        TICKET.c.assigned_group: wanted.group,
        TICKET.c.workspace: wanted.workspace,
        TICKET.c.source: wanted.source,
    }
    query = narrowed_to(select(TICKET), same)
    if wanted.statuses:
        query = query.where(TICKET.c.status.in_(wanted.statuses))
    if wanted.assignee is not None:
        query = query.where(_assigned_to(connection, wanted.assignee, keys))
    if wanted.tag is not None:
        tagged = select(TAG.c.ticket_id).where(TAG.c.tag == wanted.tag)
        query = query.where(TICKET.c.id.in_(tagged))
    if wanted.since is not None:
        query = query.where(TICKET.c.opened_us >= microseconds(wanted.since))
    if wanted.overdue:
        late = CLOCK.c.breached_us.is_not(None) & CLOCK.c.ended_us.is_(None)
        query = query.where(TICKET.c.id.in_(select(CLOCK.c.ticket_id).where(late)))
    return query


def _assigned_to(connection: Connection, person: str, keys: Keys | None) -> ColumnElement[bool]:
    """Somebody's tickets, in whatever workspace; with no name those that nobody has."""
    if not person:
        return TICKET.c.assignee_ref.is_(None) & TICKET.c.assigned_group.is_(None)
    subjects = reading.need(keys).subjects
    known = select(TICKET.c.assignee_ref).where(TICKET.c.assignee_ref.is_not(None)).distinct()
    refs = connection.execute(known).scalars()
    return TICKET.c.assignee_ref.in_([ref for ref in refs if subjects.person(ref) == person])


def _beside(connection: Connection, tickets: Iterable[str], rules_of: RulesOf) -> _Beside:
    """Tags, links and clocks of many tickets, in three questions."""
    names, found = list(tickets), _Beside()
    if not names:
        return found
    tags = select(TAG).where(TAG.c.ticket_id.in_(names)).order_by(TAG.c.tag)
    for row in connection.execute(tags):
        found.tags[row.ticket_id].append(row.tag)
    links = select(LINK).where(LINK.c.ticket_id.in_(names) | LINK.c.other_id.in_(names))
    for row in connection.execute(links.order_by(LINK.c.other_id)):
        found.links[row.ticket_id].append(LinkView(row.link, row.other_id, from_here=True))
        found.links[row.other_id].append(LinkView(row.link, row.ticket_id, from_here=False))
    clocks = (
        select(CLOCK, TICKET.c.priority, TICKET.c.workspace)
        .join(TICKET, TICKET.c.id == CLOCK.c.ticket_id)
        .where(CLOCK.c.ticket_id.in_(names))
        .order_by(CLOCK.c.target)
    )
    now = datetime.now(UTC)
    for row in connection.execute(clocks):
        found.clocks[row.ticket_id].append(_clock(row, reckoned(row, rules_of, now), now))
    return found


def _clock(row: Row[Any], found: Reckoned, now: datetime) -> ClockView:
    passed = found.due is not None and found.due <= now
    return ClockView(
        target=Target(row.target),
        used=found.used,
        allowed=found.allowed,
        due=found.due if row.ended_us is None else None,
        ended=_moment(row.ended_us),
        breached=passed or row.breached_us is not None or row.breaches > 0,
        round=row.round,
    )


def _life(keys: Keys | None, row: Row[Any], beside: _Beside) -> Life:
    known = keys.subjects.person(row.assignee_ref) if keys and row.assignee_ref else None
    return Life(
        priority=Priority(row.priority),
        urgency=Priority(row.urgency),
        assignee=known or "",
        group=row.assigned_group or "",
        resolution=row.resolution or "",
        reopened=row.reopened,
        tags=tuple(beside.tags[row.id]),
        links=tuple(beside.links[row.id]),
        clocks=tuple(beside.clocks[row.id]),
        first_answer=_moment(row.first_answer_us),
        first_human=_moment(row.first_human_us),
        resolved=_moment(row.resolved_us),
    )


def _moment(microseconds_: int | None) -> datetime | None:
    return None if microseconds_ is None else moment(microseconds_)


def as_json(living: LivingTicket) -> Mapping[str, Any]:
    """A ticket and its life in one flat object; lengths of time in whole minutes."""
    row, life = living.row, living.life
    flat = {name: getattr(row, name) for name in row.__slots__}
    flat |= {name: getattr(life, name) for name in life.__slots__}
    flat["links"] = [
        {"link": one.link, "other": one.other, "from_here": one.from_here} for one in life.links
    ]
    flat["clocks"] = [
        {
            "target": one.target,
            "used_minutes": _minutes(one.used),
            "allowed_minutes": _minutes(one.allowed),
            "due": one.due,
            "ended": one.ended,
            "breached": one.breached,
            "round": one.round,
        }
        for one in life.clocks
    ]
    return flat


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
