"""Charts stay in their box, say the same in words, and leave out what is not there."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.web.console.charts.drawing import HEIGHT, LEFT, WIDTH, Head, Series, bars, lines
from bot.web.console.formats import number

HEAD = Head("key", "Title", "About")
FIRST = date(2026, 11, 1)
VALUES = st.lists(st.one_of(st.none(), st.integers(0, 10**9)), min_size=1, max_size=60)


def days(count: int) -> list[date]:
    return [FIRST + timedelta(at) for at in range(count)]


@given(VALUES)
def test_bars_stay_in_their_box_and_grow_with_their_values(values: list[int | None]) -> None:
    chart = bars(HEAD, days(len(values)), Series("s", tuple(values)), number)
    there = [value for value in values if value]

    assert len(chart.bars[0]) == len(there)
    for bar, value in zip(chart.bars[0], there, strict=True):
        assert LEFT <= bar.x <= bar.x + bar.width <= WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT
        assert number(value) in bar.label
    heights = [bar.height for _, bar in sorted(zip(there, chart.bars[0], strict=True), key=_first)]
    assert heights == sorted(heights)


def _first(pair: tuple[int, object]) -> int:
    return pair[0]


@given(VALUES)
def test_lines_are_interrupted_where_nothing_is_known(values: list[int | None]) -> None:
    chart = lines(HEAD, days(len(values)), [Series("s", tuple(values))], number)
    known = [value is not None for value in values]
    runs = sum(there and not before for there, before in zip(known, [False, *known], strict=False))

    assert len(chart.lines[0]) == runs
    assert len(chart.dots[0]) == sum(known)
    assert all(LEFT <= x <= WIDTH and 0 <= y <= HEIGHT for x, y, _ in chart.dots[0])


def test_axis_ends_at_a_round_number_above_the_highest_value() -> None:
    chart = bars(HEAD, days(3), Series("s", (3, 70, 12)), number)

    assert [tick.label for tick in chart.rows] == ["0", "20", "40", "60", "80"]


def test_last_day_has_a_label_and_labels_have_room() -> None:
    chart = bars(HEAD, days(90), Series("s", (1,) * 90), number)

    assert chart.columns[-1].label == "29 Jan"
    assert len(chart.columns) <= 7


def test_words_say_what_the_eyes_see() -> None:
    chart = bars(HEAD, days(3), Series("Decisions", (3, 70, 0)), number)

    assert chart.said == "Decisions: most on 2 November with 70; last on 2 November with 70."
    assert not chart.empty


def test_nothing_is_said_to_be_nothing() -> None:
    chart = lines(HEAD, days(2), [Series("Waiting", (None, None))], number)

    assert chart.empty
    assert chart.said == "Waiting: nothing in this time."
