"""Business time: deadlines as plain arithmetic on stretches of time.

A calendar says when somebody is at work, in local time; everything that goes in and comes out is
in UTC. So a day on which the clocks change is as long as it really is, and two times that look the
same on such a day are not confused. Adding and measuring are each other's inverse:
`elapsed(at, add(at, span)) == span`, and a later start or a longer span never ends earlier.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from router.ticket_facts import Priority, Target

DAY = timedelta(days=1)
NOTHING = timedelta(0)
LONGEST_DAYS = 3_660
"""A calendar that is closed for ten years on end is a mistake."""

Opening = tuple[int, int]
"""Minutes since local midnight, from and to; 1440 is the end of the day."""

Stretch = tuple[datetime, datetime | None]
"""A time in which something went on; to None while it still does."""

ASSIGNEE, CHANNEL = "assignee", "channel"


@dataclass(frozen=True)
class Calendar:
    """When somebody is at work: openings by weekday, Monday first, but not on holidays."""

    zone: ZoneInfo
    openings: tuple[tuple[Opening, ...], ...]
    holidays: Container[date] = field(default=frozenset(), hash=False)

    def __post_init__(self) -> None:
        """Refuse what can never be kept.

        Raises:
            ValueError: nobody is ever at work, or an opening ends before it begins.
        """
        every = [one for day in self.openings for one in day]
        if len(self.openings) != 7 or not every:  # noqa: PLR2004 - days of a week
            raise ValueError("the hours leave no time to work in")
        if any(not 0 <= begun < ended <= 24 * 60 for begun, ended in every):
            raise ValueError("an opening must begin before it ends, within one day")

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is at work at this moment."""
        return any(begun <= at < ended for begun, ended in self._on(self._day(at)))

    def next_open(self, at: datetime) -> datetime:
        """The first moment from `at` on at which somebody is at work."""
        for begun, ended in self._from(at):
            if at < ended:
                return max(at, begun)
        raise AssertionError  # `_from` never ends

    def add(self, at: datetime, span: timedelta) -> datetime:
        """When so much business time has passed since `at`; `at` itself for none."""
        if span <= NOTHING:
            return at
        for begun, ended in self._from(at):
            length = ended - max(at, begun)
            if length >= span:
                return max(at, begun) + span
            if length > NOTHING:
                span -= length
        raise AssertionError  # `_from` never ends

    def elapsed(self, since: datetime, until: datetime) -> timedelta:
        """The business time between two moments; none if the second one is earlier."""
        total = NOTHING
        day, last = self._day(since), self._day(until)
        while day <= last:
            for begun, ended in self._on(day):
                total += max(NOTHING, min(ended, until) - max(begun, since))
            day += DAY
        return total

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """All openings of the day of `at` and of those after it.

        Raises:
            ValueError: there is none for ten years.
        """
        day, since = self._day(at), 0
        while since < LONGEST_DAYS:
            found = self._on(day)
            yield from found
            since = 0 if found else since + 1
            day += DAY
        raise ValueError("the calendar is closed for ten years")

    def _on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        return () if day in self.holidays else _openings(self.zone, self.openings, day)


@lru_cache(maxsize=8_192)
def _openings(
    zone: ZoneInfo, hours: tuple[tuple[Opening, ...], ...], day: date
) -> tuple[tuple[datetime, datetime], ...]:
    """The openings of one day in UTC, in order, none within another."""
    made: list[tuple[datetime, datetime]] = []
    for first, last in sorted(hours[day.weekday()]):
        begun = min(_moments(zone, day, first))
        ended = max(_moments(zone, day, last))
        begun = max(begun, made[-1][1]) if made else begun
        if begun < ended:
            made.append((begun, ended))
    return tuple(made)


def _moments(zone: ZoneInfo, day: date, minute: int) -> tuple[datetime, datetime]:
    """What a local time can mean: two moments where the clocks are put back, else one twice."""
    days, rest = divmod(minute, 24 * 60)
    local = datetime.combine(day + days * DAY, time(*divmod(rest, 60)), zone)
    return local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of the ladder: at so many per cent of the target, whom to tell.

    `tell` is `assignee`, `channel`, or a Slack user.
    """

    percent: int
    tell: str


@dataclass(frozen=True)
class Rules:
    """How soon tickets of a workspace have to be seen to, and who is told if they are not."""

    calendar: Calendar
    targets: Mapping[Priority, Mapping[Target, timedelta]]
    ladder: tuple[Step, ...]

    def target(self, priority: Priority, target: Target) -> timedelta:
        """The business time that is allowed."""
        return self.targets[priority][target]


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What follows from the stretches in which a clock ran.

    `used` is business time, `due` when the deadline is or was, None while the clock stands before
    it. `next` is when the next rung of the ladder is reached, None if it is not by itself.
    """

    used: timedelta
    allowed: timedelta
    due: datetime | None
    next: datetime | None


def reckon(
    rules: Rules, allowed: timedelta, spans: Sequence[Stretch], level: int, now: datetime
) -> Reckoned:
    """Work out a clock; `level` rungs of the ladder are behind it."""
    calendar = rules.calendar
    used = sum((calendar.elapsed(begun, ended or now) for begun, ended in spans), NOTHING)
    ahead = None
    if level < len(rules.ladder):
        ahead = reached(calendar, spans, allowed * rules.ladder[level].percent / 100)
    return Reckoned(used, allowed, reached(calendar, spans, allowed), ahead)


def reached(calendar: Calendar, spans: Sequence[Stretch], amount: timedelta) -> datetime | None:
    """When so much business time was or will be used; None if the clock stands before that."""
    for begun, ended in spans:
        if ended is None:
            return calendar.add(begun, amount)
        length = calendar.elapsed(begun, ended)
        if length >= amount:
            return calendar.add(begun, amount)
        amount -= length
    return None
