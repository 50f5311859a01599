"""How deadlines were kept: by priority and target, the desk's own answers apart from people's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from router.ticket_facts import Priority, Target
from router.ticket_life import TicketStatus
from storage.conversations import microseconds
from storage.deadlines import RulesOf, reckoned
from storage.store import SqlStore
from storage.tables import TICKET
from storage.ticket_tables import CLOCK

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """How one target was kept for one priority; median and p90 are of business time.

    `running` and `paused` have not ended, `late` of them are past their deadline.
    """

    priority: Priority
    target: Target
    tickets: int
    met: int
    breached: int
    running: int
    paused: int
    late: int
    median: timedelta | None
    p90: timedelta | None
    allowed: timedelta


@dataclass(frozen=True, slots=True)
class Answers:
    """How soon the desk answered, by the clock on the wall: not a person's first response."""

    tickets: int
    answered: int
    without_a_person: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True, slots=True)
class SlaReport:
    """All of it, for tickets opened since some time."""

    kept: tuple[Kept, ...]
    by_the_desk: Answers


@dataclass(frozen=True, slots=True)
class _Clock:
    """What counts of one clock."""

    used_us: int
    allowed_us: int
    ended: bool
    running: bool
    breached: bool


async def sla_report(
    store: SqlStore,
    since: datetime,
    rules_of: RulesOf,
    *,
    workspace: str | None = None,
    specialist: str | None = None,
) -> SlaReport:
    """Count how deadlines were kept.

    Raises:
        StoreError: it could not be read.
    """
    which = TICKET.c.opened_us >= microseconds(since)
    if workspace is not None:
        which &= TICKET.c.workspace == workspace
    if specialist is not None:
        which &= TICKET.c.specialist == specialist
    clocks = (
        select(CLOCK, TICKET.c.priority, TICKET.c.workspace)
        .join(TICKET, TICKET.c.id == CLOCK.c.ticket_id)
        .where(which)
    )
    first = (
        TICKET.c.opened_us,
        TICKET.c.first_answer_us,
        TICKET.c.first_human_us,
        TICKET.c.status,
    )

    def job(connection: Connection) -> SlaReport:
        groups: dict[tuple[str, str], list[_Clock]] = defaultdict(list)
        for row in connection.execute(clocks):
            groups[row.target, row.priority].append(_clock(row, rules_of))
        kept = [
            _kept(priority, target, groups[target, priority])
            for target in Target
            for priority in reversed(Priority)
            if groups[target, priority]
        ]
        timed = select(CLOCK.c.ticket_id)
        answers = connection.execute(select(*first).where(which, TICKET.c.id.in_(timed))).all()
        return SlaReport(tuple(kept), _answers(answers))

    return await store.read(job)


def _clock(row: Row[Any], rules_of: RulesOf) -> _Clock:
    """As the clock last worked it out, or, if it has not yet, as it stands now."""
    breached = row.breached_us is not None or row.breaches > 0
    running = row.ended_us is None and row.spans.endswith("null]]")
    if not row.stale:
        return _Clock(row.used_us, row.target_us, row.ended_us is not None, running, breached)
    now = datetime.now(UTC)
    found = reckoned(row, rules_of, now)
    passed = found.due is not None and found.due <= now
    used, allowed = (round(span / MICROSECOND) for span in (found.used, found.allowed))
    return _Clock(used, allowed, row.ended_us is not None, running, breached or passed)


def _kept(priority: Priority, target: Target, clocks: list[_Clock]) -> Kept:
    used = sorted(one.used_us for one in clocks if one.ended)
    return Kept(
        priority=priority,
        target=target,
        tickets=len(clocks),
        met=sum(1 for one in clocks if one.ended and not one.breached),
        breached=sum(1 for one in clocks if one.breached),
        running=sum(1 for one in clocks if one.running),
        paused=sum(1 for one in clocks if not one.ended and not one.running),
        late=sum(1 for one in clocks if one.breached and not one.ended),
        median=_share(used, 0.5),
        p90=_share(used, 0.9),
        allowed=timedelta(microseconds=max(one.allowed_us for one in clocks)),
    )


def _answers(found: Sequence[Row[Any, Any, Any, Any]]) -> Answers:
    answered = [row for row in found if row.first_answer_us is not None]
    waits = sorted(row.first_answer_us - row.opened_us for row in answered)
    return Answers(
        tickets=len(found),
        answered=len(answered),
        without_a_person=sum(1 for row in answered if _needs_nobody(row)),
        median=_share(waits, 0.5),
        p90=_share(waits, 0.9),
    )


def _needs_nobody(row: Row[Any, Any, Any, Any]) -> bool:
    return row.first_human_us is None and row.status != TicketStatus.WAITING_FOR_STAFF


def _share(ordered: list[int], share: float) -> timedelta | None:
    """The smallest value that so large a share of all is not above."""
    if not ordered:
        return None
    place = max(0, -int(-share * len(ordered) // 1) - 1)
    return timedelta(microseconds=ordered[place])
