"""Figures by day for the charts, read from what the scans summed up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Select, func, select

from storage.reviews.figures import percentile
from storage.reviews.tables import DAY

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day of one specialist, or of all: counts, and sums by measure."""

    day: date
    counts: dict[str, int]
    totals: dict[str, int]

    def mean(self, measure: str) -> int | None:
        """The mean of a measure on this day."""
        count = self.counts.get(measure, 0)
        return self.totals[measure] // count if count else None

    def waited_us(self, share: int) -> int | None:
        """How long `share` percent of people waited for a post at most."""
        return percentile(self.counts, share)


def by_day(
    connection: Connection, first: date, last: date, specialist: str | None = None
) -> list[DayFigures]:
    """Every day from `first` to `last`; of all specialists unless one is named."""
    query = _summed(DAY.c.day, first, last)
    if specialist is not None:
        query = query.where(DAY.c.specialist == specialist)
    days = {
        number: DayFigures(_EPOCH + timedelta(number), defaultdict(int), defaultdict(int))
        for number in range(_number(first), _number(last) + 1)
    }
    for row in connection.execute(query):
        days[row.day].counts[row.measure] = int(row.times)
        days[row.day].totals[row.measure] = int(row.total)
    return list(days.values())


def by_specialist(connection: Connection, first: date, last: date) -> dict[str, DayFigures]:
    """All days from `first` to `last` together, by specialist; `` is who had none."""
    query = _summed(DAY.c.specialist, first, last)
    found: dict[str, DayFigures] = {}
    for row in connection.execute(query.order_by(DAY.c.specialist)):
        empty = DayFigures(first, defaultdict(int), defaultdict(int))
        figures = found.setdefault(row.specialist, empty)
        figures.counts[row.measure] = int(row.times)
        figures.totals[row.measure] = int(row.total)
    return found


def _summed(by: Column[Any], first: date, last: date) -> Select[Any]:
    """Each measure of these days, summed up by one column."""
    sums = (func.sum(DAY.c.times).label("times"), func.sum(DAY.c.total).label("total"))
    query = select(by, DAY.c.measure, *sums)
    return query.where(DAY.c.day.between(_number(first), _number(last))).group_by(by, DAY.c.measure)


def _number(day: date) -> int:
    return (day - _EPOCH).days
