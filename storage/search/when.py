"""Times as people remember them: `2026`, `2026-11`, `2026-11-03`, `november`, `last tuesday`.

Each stands for a span, from its first moment to before its end, in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from frontdesk.errors import StoreError

Span = tuple[datetime, datetime]

_DAY = timedelta(days=1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_UNITS = {"hour": timedelta(hours=1), "day": _DAY, "week": 7 * _DAY, "month": 30 * _DAY}
_AGO = re.compile(r"(?P<back>\d+) (?P<unit>hour|day|week|month)s? ago")
_LAST = re.compile(r"(?:the )?(?:last|past) (?P<number>\d+) (?P<unit>hour|day|week|month)s?")
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?")
HELP = "2026, 2026-11, 2026-11-03, 2026-11-03T14:30, yesterday, last tuesday, november, 3 days ago"


def span(text: str, now: datetime) -> Span:
    """The time that is meant, as its first moment and the first one after it.

    Raises:
        StoreError: nobody can tell what is meant.
    """
    words = " ".join(text.strip().lower().split())
    for read in (_date, _word, _month, _weekday, _ago, _moment):
        try:
            found = read(words, now.astimezone(UTC))
        except ValueError as error:
            raise StoreError(f"{text!r} is no time that there is: {error}") from error
        if found is not None:
            return found
    raise StoreError(f"{text!r} is no time: say it like {HELP}")


def _date(words: str, now: datetime) -> Span | None:
    match = _DATE.fullmatch(words)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.group("year", "month", "day"))
    first = datetime(year or 1, month or 1, day or 1, tzinfo=UTC)
    if day:
        return first, first + _DAY
    return first, _next_month(first) if month else first.replace(year=first.year + 1)


def _word(words: str, now: datetime) -> Span | None:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - now.weekday() * _DAY
    first_of_month = midnight.replace(day=1)
    spans: dict[str, Callable[[], Span]] = {
        "today": lambda: (midnight, midnight + _DAY),
        "yesterday": lambda: (midnight - _DAY, midnight),
        "this week": lambda: (monday, monday + 7 * _DAY),
        "last week": lambda: (monday - 7 * _DAY, monday),
        "this month": lambda: (first_of_month, _next_month(first_of_month)),
        "last month": lambda: ((first_of_month - _DAY).replace(day=1), first_of_month),
        "this year": lambda: _year(now.year),
        "last year": lambda: _year(now.year - 1),
    }
    return spans[words]() if words in spans else None


def _month(words: str, now: datetime) -> Span | None:
    """The latest month of that name that has begun; `november 2025` is that one."""
    name, _, year = words.removeprefix("last ").removeprefix("in ").partition(" ")
    numbers = [at for at, one in enumerate(_MONTHS, 1) if one.startswith(name)]
    if len(name) < len("may") or len(numbers) != 1 or not (year == "" or year.isdigit()):
        return None
    first = datetime(int(year) if year else now.year, numbers[0], 1, tzinfo=UTC)
    if not year and first > now:
        first = first.replace(year=first.year - 1)
    return first, _next_month(first)


def _weekday(words: str, now: datetime) -> Span | None:
    """The latest such day before today."""
    name = words.removeprefix("last ").removeprefix("on ")
    if name not in _WEEKDAYS:
        return None
    back = (now.weekday() - _WEEKDAYS.index(name) - 1) % 7 + 1
    first = now.replace(hour=0, minute=0, second=0, microsecond=0) - back * _DAY
    return first, first + _DAY


def _ago(words: str, now: datetime) -> Span | None:
    if match := _LAST.fullmatch(words):
        return now - int(match["number"]) * _UNITS[match["unit"]], now + _DAY
    match = _AGO.fullmatch(words)
    if match is None:
        return None
    at = now - int(match["back"]) * _UNITS[match["unit"]]
    if match["unit"] == "hour":
        full = at.replace(minute=0, second=0, microsecond=0)
        return full, full + _UNITS["hour"]
    first = at.replace(hour=0, minute=0, second=0, microsecond=0)
    around = {"day": _DAY, "week": 7 * _DAY, "month": 30 * _DAY}[match["unit"]]
    return (first, first + _DAY) if around == _DAY else (first - around / 2, first + around / 2)


def _moment(words: str, now: datetime) -> Span | None:
    """An exact time: the minute, or the second, that it names."""
    try:
        at = datetime.fromisoformat(words.upper())
    except ValueError:
        return None
    first = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    colons = words.partition("t")[2].partition("+")[0].count(":")
    return first, first + timedelta(seconds=1 if colons > 1 else 60)


def _next_month(first: datetime) -> datetime:
    return (first + 31 * _DAY).replace(day=1)


def _year(year: int) -> Span:
    return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
