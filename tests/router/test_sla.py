"""Business time: days on which the clocks change, holidays, and that adding undoes measuring."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.sla import Calendar, Rules, Step, reached, reckon
from router.ticket_facts import Priority, Target

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = ((540, 1020),)
ALL_DAY = ((0, 1440),)
WEEKDAYS = Calendar(BERLIN, (OFFICE,) * 5 + ((), ()))
ALWAYS = Calendar(BERLIN, (ALL_DAY,) * 7)
NIGHTS = Calendar(ZoneInfo("America/New_York"), (((0, 150), (1320, 1440)),) * 7)
LORD_HOWE = Calendar(ZoneInfo("Australia/Lord_Howe"), (((90, 150), (600, 900)),) * 7)
CALENDARS = (WEEKDAYS, ALWAYS, NIGHTS, LORD_HOWE)
HOUR = timedelta(hours=1)

calendars = st.sampled_from(CALENDARS)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
lengths = st.timedeltas(timedelta(0), timedelta(days=20))


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN).astimezone(UTC)  # type: ignore[arg-type, misc]


@given(calendars, moments, lengths)
def test_measuring_undoes_adding(calendar: Calendar, at: datetime, span: timedelta) -> None:
    assert calendar.elapsed(at, calendar.add(at, span)) == span


@given(calendars, moments, moments)
def test_adding_undoes_measuring(calendar: Calendar, one: datetime, other: datetime) -> None:
    since, until = sorted((one, other))
    used = calendar.elapsed(since, until)
    assert calendar.add(since, used) <= until
    assert calendar.elapsed(calendar.add(since, used), until) == timedelta(0)


@given(calendars, moments, lengths, lengths)
def test_a_longer_span_never_ends_earlier(
    calendar: Calendar, at: datetime, one: timedelta, other: timedelta
) -> None:
    shorter, longer = sorted((one, other))
    assert calendar.add(at, shorter) <= calendar.add(at, longer)


@given(calendars, moments, moments, lengths)
def test_a_later_start_never_ends_earlier(
    calendar: Calendar, one: datetime, other: datetime, span: timedelta
) -> None:
    earlier, later = sorted((one, other))
    assert calendar.add(earlier, span) <= calendar.add(later, span)


@given(calendars, moments, moments, moments)
def test_time_is_measured_in_parts_as_in_the_whole(
    calendar: Calendar, one: datetime, two: datetime, three: datetime
) -> None:
    begun, between, ended = sorted((one, two, three))
    parts = calendar.elapsed(begun, between) + calendar.elapsed(between, ended)
    assert parts == calendar.elapsed(begun, ended)


@given(calendars, moments)
def test_next_opening_is_open_and_nothing_before_it_is(calendar: Calendar, at: datetime) -> None:
    opening = calendar.next_open(at)
    assert calendar.is_open(opening)
    assert calendar.elapsed(at, opening) == timedelta(0)


def test_a_day_on_which_clocks_go_forward_is_23_hours_long() -> None:
    assert ALWAYS.elapsed(berlin(2026, 3, 29), berlin(2026, 3, 30)) == 23 * HOUR
    assert ALWAYS.add(berlin(2026, 3, 29, 1, 30), HOUR) == berlin(2026, 3, 29, 3, 30)


def test_a_day_on_which_clocks_go_back_is_25_hours_long() -> None:
    assert ALWAYS.elapsed(berlin(2026, 10, 25), berlin(2026, 10, 26)) == 25 * HOUR
    assert ALWAYS.add(berlin(2026, 10, 25), 24 * HOUR) == berlin(2026, 10, 25, 23)


def test_office_hours_are_the_same_on_both_sides_of_a_change() -> None:
    friday, monday = berlin(2026, 3, 27, 16), berlin(2026, 3, 30, 10)
    assert WEEKDAYS.elapsed(friday, monday) == 2 * HOUR
    assert WEEKDAYS.add(friday, 2 * HOUR) == monday


def test_what_comes_in_out_of_hours_is_measured_from_the_next_opening() -> None:
    saturday = berlin(2026, 11, 21, 3)
    assert WEEKDAYS.add(saturday, HOUR) == berlin(2026, 11, 23, 10)
    assert WEEKDAYS.next_open(saturday) == berlin(2026, 11, 23, 9)
    assert not WEEKDAYS.is_open(saturday)


def test_nobody_works_on_a_holiday() -> None:
    closed = Calendar(BERLIN, (OFFICE,) * 7, frozenset({date(2026, 12, 25)}))
    assert closed.add(berlin(2026, 12, 24, 16), 2 * HOUR) == berlin(2026, 12, 26, 10)


def test_used_time_is_kept_over_a_pause() -> None:
    spans = (
        (berlin(2026, 11, 23, 9), berlin(2026, 11, 23, 11)),
        (berlin(2026, 11, 24, 9), None),
    )
    assert reached(WEEKDAYS, spans, 4 * HOUR) == berlin(2026, 11, 24, 11)
    assert reached(WEEKDAYS, spans[:1], 4 * HOUR) is None
    assert reached(WEEKDAYS, spans, HOUR) == berlin(2026, 11, 23, 10)


def test_a_change_of_priority_keeps_the_time_used() -> None:
    targets = {
        Priority.NORMAL: {Target.RESOLUTION: 8 * HOUR},
        Priority.URGENT: {Target.RESOLUTION: 3 * HOUR},
    }
    rules = Rules(WEEKDAYS, targets, (Step(50, "assignee"), Step(100, "channel")))
    spans = ((berlin(2026, 11, 23, 9), None),)
    now = berlin(2026, 11, 23, 11)
    allowed = rules.target(Priority.NORMAL, Target.RESOLUTION)
    normal = reckon(rules, allowed, spans, 0, now)
    assert (normal.used, normal.due) == (2 * HOUR, berlin(2026, 11, 23, 17))
    assert normal.next == berlin(2026, 11, 23, 13)
    urgent = reckon(rules, rules.target(Priority.URGENT, Target.RESOLUTION), spans, 0, now)
    assert (urgent.used, urgent.due) == (2 * HOUR, berlin(2026, 11, 23, 12))


@pytest.mark.parametrize("hours", [((),) * 7, (OFFICE,) * 6, (((600, 600),),) * 7])
def test_hours_that_leave_no_time_are_refused(hours: tuple[tuple[tuple[int, int], ...]]) -> None:
    with pytest.raises(ValueError, match=r"hours|begin"):
        Calendar(BERLIN, hours)
