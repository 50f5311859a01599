"""How the console writes figures and moments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from markupsafe import Markup, escape

from bot.percent import percent
from storage.conversations import moment

MINUTE, HOUR, DAY = 60, 3600, 86_400
MS, SECOND = 1000, 1_000_000
CENT = 10_000
_TICKED = re.compile(r"`([^`]+)`")
NOTHING = "\N{EN DASH}"


def share(basis_points: int | None) -> str:
    """Basis points as per cent."""
    return NOTHING if basis_points is None else percent(basis_points, "\N{NO-BREAK SPACE}")


def money(microusd: int | None) -> str:
    """Micro-dollars as dollars, with as many digits as they need."""
    if microusd is None:
        return NOTHING
    dollars = microusd / SECOND
    return f"${dollars:,.2f}" if microusd == 0 or microusd >= CENT else f"${dollars:.5f}"


def took(us: int | None) -> str:
    """Microseconds as a time that people can feel."""
    if us is None:
        return NOTHING
    if us < MS:
        return f"{us} µs"
    if us < SECOND:
        return f"{us / MS:.0f} ms"
    return f"{us / SECOND:.1f} s" if us < MINUTE * SECOND else span(us // SECOND)


def span(seconds: float) -> str:
    """A time span in its largest unit that fits."""
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR:.0f} h"
    return f"{seconds // DAY:.0f} days"


def ago(at: datetime | int | None) -> str:
    """How long ago it was; a later moment is told as one to come."""
    if at is None:
        return "never"
    seconds = (datetime.now(UTC) - _moment(at)) / timedelta(seconds=1)
    if abs(seconds) < 10:  # noqa: PLR2004 - nobody counts those seconds
        return "just now"
    return f"{span(seconds)} ago" if seconds > 0 else f"in {span(-seconds)}"


def stamp(at: datetime | int | None) -> str:
    """Day and time, in UTC."""
    return NOTHING if at is None else f"{_moment(at):%Y-%m-%d %H:%M:%S}"


def day(at: datetime | int | None) -> str:
    """The day, as people say it."""
    return NOTHING if at is None else f"{_moment(at):%a %-d %b %Y}"


def clock(at: datetime | int | None) -> str:
    """The time of day."""
    return NOTHING if at is None else f"{_moment(at):%H:%M:%S}"


def iso(at: datetime | int) -> str:
    """For the attribute `datetime`."""
    return _moment(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def words(name: object) -> str:
    """A name of the program as words."""
    return str(name).replace("_", " ").replace("-", " ")


def kind_words(kind: str) -> str:
    """A kind of entry as people say it."""
    return words(kind).replace(":", " ").capitalize()


def ticks(text: str) -> Markup:
    """Text of a docstring, with what stands in backticks as code."""
    return Markup(_TICKED.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


def number(value: int | None) -> str:
    """A count, with thousands apart."""
    return NOTHING if value is None else f"{value:,}"


def zip_same(values: Iterable[str]) -> list[tuple[str, str]]:
    """Values as choices of a field that say themselves."""
    return [(one, one) for one in values]


def zip_kinds(kinds: Iterable[str]) -> list[tuple[str, str]]:
    """Kinds as choices of a field, in words."""
    return [(one, kind_words(one)) for one in kinds]


def _moment(at: datetime | int) -> datetime:
    return moment(at) if isinstance(at, int) else at


_ALL = (
    *(share, money, took, span, number),
    *(ago, stamp, day, clock, iso),
    *(words, kind_words, ticks, zip_same, zip_kinds),
)
FILTERS = {one.__name__: one for one in _ALL}
