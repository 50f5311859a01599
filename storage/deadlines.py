"""Deadlines: worked out where something changed, kept in the table, and acted on when they are due.

Everything that follows from a deadline (the entry of a breach, the notice to whoever is told, the
next time to look) is one transaction. So whatever dies, and however many processes look, each
breach is on record once and each rung of the ladder is climbed once; what a process slept through
is found by the next look. Nobody is told anything out of hours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, insert, select, update

from router.notice_facts import Audience
from router.sla import ASSIGNEE, CHANNEL, Reckoned, Rules, Stretch, reckon
from router.ticket_facts import Priority, SlaBreached, Target
from router.ticket_life import TicketStatus
from router.ticket_wording import reminder
from storage import clocks, state
from storage.conversations import microseconds, moment
from storage.held import hold
from storage.ledger.append import Appender
from storage.notices import Notice, announce
from storage.store import SqlStore
from storage.tables import TICKET
from storage.ticket_tables import CLOCK, RULES

CLOCKWORK = "system:clock"
"""Who the clock is on record."""

BATCH = 100
"""Clocks that one transaction takes up: few enough that nobody else waits long."""

_KEEP = (
    update(CLOCK)
    .where(CLOCK.c.ticket_id == bindparam("ticket"), CLOCK.c.target == bindparam("which"))
    .values(
        {
            name: bindparam(name)
            for name in ("used_us", "target_us", "due_us", "remind_us", "level", "breached_us")
        }
        | {"stale": 0}
    )
)

RulesOf = Callable[[str], Rules]


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look did. `more`: there was more to do than fits into one transaction."""

    reckoned: int
    reminded: int
    breached: int
    more: bool


class Deadlines:
    """The deadlines of one store. `rules_of` gives the rules of a workspace."""

    def __init__(self, store: SqlStore, rules_of: RulesOf) -> None:
        self._store = store
        self._rules_of = rules_of

    async def go_by(self, digest: str) -> None:
        """Have all deadlines worked out anew if the rules are not those they were made by."""

        def job(connection: Connection, appender: Appender) -> None:
            known = connection.execute(select(RULES.c.digest)).scalar()
            if known == digest:
                return
            clocks.reckon_anew(connection)
            if known is None:
                connection.execute(insert(RULES), {"id": 1, "digest": digest})
            else:
                connection.execute(update(RULES).values(digest=digest))

        same = select(RULES.c.digest).where(RULES.c.digest == digest)
        if await self._store.read(lambda db: db.execute(same).scalar()) is None:
            await self._store.write(job)

    async def look(self) -> Looked:
        """Work out what is stale, and do what is due; call it again while there is more."""
        if not await self._store.read(_anything):
            return Looked(0, 0, 0, more=False)
        return await self._store.write(self._looked)

    def _looked(self, connection: Connection, appender: Appender) -> Looked:
        now = moment(appender.now_us())
        late = CLOCK.c.remind_us <= microseconds(now)
        stale = _some(connection, CLOCK.c.stale == 1, CLOCK.c.ticket_id)
        due = _some(connection, late, CLOCK.c.remind_us)
        held = hold(connection, (*stale, *due))
        rows = _clocks(connection, held, late | (CLOCK.c.stale == 1))
        done = [_Clock(row, self._rules_of(row.workspace), now) for row in rows]
        acted = [one.act(connection, appender) for one in done]
        if acted:
            connection.execute(_KEEP, [one.kept for one in acted])
        return Looked(
            reckoned=sum(row.stale for row in rows),
            reminded=sum(one.told for one in acted),
            breached=sum(one.breached for one in acted),
            more=bool(rows) and BATCH in {len(stale), len(due)},
        )


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of one clock: what the table keeps of it, whether somebody was told, a breach."""

    kept: dict[str, Any]
    told: bool
    breached: bool


@dataclass(slots=True)
class _Clock:
    """One clock, at one moment."""

    row: Row[Any]
    rules: Rules
    now: datetime

    def act(self, connection: Connection, appender: Appender) -> Acted:
        """Record a breach, tell whoever is next, and note when to look again."""
        row, allowed = self.row, self.rules.target(self._priority, self._target)
        spans = _stretches(row.spans)
        found = reckon(self.rules, allowed, spans, row.level, self.now)
        breached = self._is_breached(found)
        if breached:
            self._breach(connection, appender, found)
        told, level = False, row.level
        if self._is_time_to_tell(found):
            told, level = self._tell(connection, appender, found), row.level + 1
            found = reckon(self.rules, allowed, spans, level, self.now)
        return Acted(self._kept(found, level, breached=breached), told, breached)

    @property
    def _target(self) -> Target:
        return Target(self.row.target)

    @property
    def _priority(self) -> Priority:
        return Priority(self.row.priority)

    @property
    def _runs(self) -> bool:
        """Whether it runs now; a clock may stand although somebody is at work."""
        last = clocks.spans(self.row.spans)[-1:]
        return self.row.ended_us is None and all(ended is None for _, ended in last)

    def _is_breached(self, found: Reckoned) -> bool:
        return found.due is not None and found.due <= self.now and self.row.breached_us is None

    def _is_time_to_tell(self, found: Reckoned) -> bool:
        due = self._runs and found.next is not None and found.next <= self.now
        return due and self.rules.calendar.is_open(self.now)

    def _breach(self, connection: Connection, appender: Appender, found: Reckoned) -> None:
        assert found.due is not None  # noqa: S101 - that is what a breach is
        fact = SlaBreached(
            ticket=self.row.ticket_id,
            actor=CLOCKWORK,
            target=self._target,
            round=self.row.round,
            priority=self._priority,
            due_us=microseconds(found.due),
            used_us=_us(found.used),
            status=self.row.status,
            with_staff=self.row.status == TicketStatus.WAITING_FOR_STAFF,
        )
        state.record(connection, appender, (fact,))

    def _tell(self, connection: Connection, appender: Appender, found: Reckoned) -> bool:
        row, step = self.row, self.rules.ladder[self.row.level]
        due = found.due or self.now
        late = due <= self.now
        text = reminder(row.ticket_id, self._target, self._priority, due, late)
        person = self._person(appender, step.tell)
        direct = person and step.tell != CHANNEL
        notice = Notice(
            key=f"sla:{row.ticket_id}:{row.target}:{row.round}:{row.level}",
            audience=Audience.PERSON if direct else Audience.STAFF,
            workspace=row.workspace,
            ticket=row.ticket_id,
            person=person or None,
            actor=CLOCKWORK,
        )
        return announce(connection, appender, notice, {"notice": text})

    def _person(self, appender: Appender, tell: str) -> str:
        """Who is told; empty where nobody has the ticket, or nobody knows them any more."""
        if tell not in {ASSIGNEE, CHANNEL}:
            return tell
        ref = self.row.assignee_ref or self.row.owned_by
        return (appender.keys.subjects.person(ref) or "") if ref else ""

    def _kept(self, found: Reckoned, level: int, *, breached: bool) -> dict[str, Any]:
        """What the table keeps of it."""
        due = microseconds(found.due) if found.due else None
        return {
            "ticket": self.row.ticket_id,
            "which": self.row.target,
            "used_us": _us(found.used),
            "target_us": _us(found.allowed),
            "due_us": due,
            "remind_us": self._again(found, breached=breached),
            "level": level,
            "breached_us": due if breached else self.row.breached_us,
        }

    def _again(self, found: Reckoned, *, breached: bool) -> int | None:
        """When to look at this clock again: at the next rung in working hours, or the deadline."""
        if not self._runs:
            return None
        times = []
        if found.next is not None:
            times.append(self.rules.calendar.next_open(max(found.next, self.now)))
        if found.due is not None and self.row.breached_us is None and not breached:
            times.append(found.due)
        return microseconds(min(times)) if times else None


def _anything(connection: Connection) -> bool:
    stale = select(CLOCK.c.ticket_id).where(CLOCK.c.stale == 1).limit(1)
    now = microseconds(datetime.now(UTC))
    due = select(CLOCK.c.ticket_id).where(CLOCK.c.remind_us <= now).limit(1)
    return any(connection.execute(query).first() for query in (stale, due))


def _some(
    connection: Connection, which: ColumnElement[bool], first: ColumnElement[Any]
) -> list[str]:
    """Tickets of clocks that there is something to do about."""
    query = select(CLOCK.c.ticket_id).where(which).order_by(first).limit(BATCH)
    return list(connection.execute(query).scalars())


def _clocks(
    connection: Connection, tickets: list[str], which: ColumnElement[bool]
) -> list[Row[Any]]:
    """Clocks of some tickets, as they are now, with what their deadlines hang on."""
    query = (
        select(
            CLOCK,
            TICKET.c.workspace,
            TICKET.c.priority,
            TICKET.c.status,
            TICKET.c.assignee_ref,
            TICKET.c.owned_by,
        )
        .join(TICKET, TICKET.c.id == CLOCK.c.ticket_id)
        .where(CLOCK.c.ticket_id.in_(tickets), which)
        .order_by(CLOCK.c.ticket_id, CLOCK.c.target)
    )
    return list(connection.execute(query)) if tickets else []


def reckoned(row: Row[Any], rules_of: RulesOf, now: datetime) -> Reckoned:
    """A clock as it stands now: a row of its table with its ticket's `priority`, `workspace`."""
    rules = rules_of(row.workspace)
    allowed = rules.target(Priority(row.priority), Target(row.target))
    return reckon(rules, allowed, _stretches(row.spans), row.level, now)


def _stretches(text: str) -> tuple[Stretch, ...]:
    return tuple(
        (moment(begun), None if ended is None else moment(ended))
        for begun, ended in clocks.spans(text)
    )


def _us(span: timedelta) -> int:
    return round(span.total_seconds() * 1_000_000)
