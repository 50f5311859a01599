"""Charts as figures that a template can draw: places within a box, ticks, and a sentence in words.

The box is 720 by 220; the template adds colours and the table with the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

WIDTH, HEIGHT = 720.0, 220.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 24.0, 10.0, 26.0
_STEPS = (1, 2, 5, 10)
_TICKS = 4
_LABELS = 7
_GAP = 0.24


@dataclass(frozen=True, slots=True)
class Series:
    """One line or row of bars: a value a day, None where there is none."""

    name: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its place, and what it says."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark at an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over a chart; `key` tells it from the others of its page."""

    key: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, ready to be drawn. `bars` or `lines` by series; `said` is it in one sentence."""

    head: Head
    said: str
    days: tuple[date, ...]
    series: tuple[Series, ...]
    written: Callable[[int | None], str]
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    bars: tuple[tuple[Bar, ...], ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()
    dots: tuple[tuple[tuple[float, float, str], ...], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for series in self.series for value in series.values)


def bars(
    head: Head,
    days: Sequence[date],
    series: Series,
    written: Callable[[int | None], str],
) -> Chart:
    """One bar a day."""
    top, rows = _scale([series], written)
    wide = _inner() / len(days)
    made = tuple(
        Bar(
            round(LEFT + at * wide + wide * _GAP / 2, 1),
            round(_y(value, top), 1),
            round(wide * (1 - _GAP), 1),
            round(HEIGHT - BOTTOM - _y(value, top), 1),
            f"{day:%-d %b}: {written(value)}",
        )
        for at, (day, value) in enumerate(zip(days, series.values, strict=True))
        if value
    )
    said = _sentence(days, series, written)
    place = (tuple(days), (series,), written, rows, _columns(days))
    return Chart(head, said, *place, bars=(made,))


def lines(
    head: Head,
    days: Sequence[date],
    series: Sequence[Series],
    written: Callable[[int | None], str],
) -> Chart:
    """A line for each series; days without a value interrupt it."""
    top, rows = _scale(series, written)
    places = [_x(at, len(days)) for at in range(len(days))]
    drawn, dots = [], []
    for one in series:
        points = [
            (
                places[at],
                round(_y(value, top), 1),
                f"{days[at]:%-d %b}, {one.name}: {written(value)}",
            )
            if value is not None
            else None
            for at, value in enumerate(one.values)
        ]
        runs = [list(run) for there, run in groupby(points, key=bool) if there]
        drawn.append(tuple(" ".join(f"{p[0]},{p[1]}" for p in run if p) for run in runs))
        dots.append(tuple(point for point in points if point))
    said = " ".join(_sentence(days, one, written) for one in series)
    place = (tuple(days), tuple(series), written, rows, _columns(days))
    return Chart(head, said, *place, lines=tuple(drawn), dots=tuple(dots))


def _scale(
    series: Sequence[Series], written: Callable[[int | None], str]
) -> tuple[int, tuple[Tick, ...]]:
    """The top of the axis, a round number, and its ticks."""
    most = max((value for one in series for value in one.values if value), default=1)
    power = 10 ** max(0, len(str(-(-most // _TICKS))) - 1)
    step = next(one * power for one in _STEPS if one * power * _TICKS >= most)
    top = step * -(-most // step)
    marks = range(0, top + 1, step)
    return top, tuple(Tick(round(_y(mark, top), 1), written(mark)) for mark in marks)


def _columns(days: Sequence[date]) -> tuple[Tick, ...]:
    every = -(-len(days) // _LABELS)
    return tuple(
        Tick(_x(at, len(days)), f"{day:%-d %b}")
        for at, day in enumerate(days)
        if (len(days) - 1 - at) % every == 0
    )


def _sentence(days: Sequence[date], series: Series, written: Callable[[int | None], str]) -> str:
    there = [(value, day) for value, day in zip(series.values, days, strict=True) if value]
    if not there:
        return f"{series.name}: nothing in this time."
    (most, at), (last, day) = max(there), there[-1]
    return (
        f"{series.name}: most on {at:%-d %B} with {written(most)}; "
        f"last on {day:%-d %B} with {written(last)}."
    )


def _inner() -> float:
    return WIDTH - LEFT - RIGHT


def _x(at: int, days: int) -> float:
    return round(LEFT + _inner() * (at + 0.5) / days, 1)


def _y(value: int | None, top: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value or 0) / top
