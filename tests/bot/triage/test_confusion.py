"""The confusion matrix can be read on whatever it is shown."""

import io

import pytest
from rich.console import Console

from bot.triage.confusion import LISTED, Confusion, confusion_view


def shown(confusion: Confusion, width: int) -> str:
    written = io.StringIO()
    Console(file=written, width=width).print(confusion_view(confusion, width))
    return written.getvalue()


def many(labels: int) -> Confusion:
    names = [f"a rather long label {number}" for number in range(labels)]
    right = {(name, name): 8 for name in names}
    return {**right, **{(name, names[0]): 2 + n for n, name in enumerate(names) if n}}


def test_labels_stand_over_their_columns_where_there_is_room() -> None:
    text = shown({("billing", "billing"): 3, ("billing", "human"): 1}, 80)

    assert "75.0% right" in text
    assert "│ billing  │       3 │     1 │   75% │" in text


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize("labels", [2, 5, 9, 31, 150])
def test_nothing_is_cut_off(labels: int, width: int) -> None:
    text = shown(many(labels), width)

    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width


def test_numbers_stand_for_labels_where_room_is_short() -> None:
    text = shown({("billing+product", "billing"): 3, ("human", "asked for more"): 1}, 50)

    assert "3 billing+product" in text
    assert "1 asked for more" in text


def test_of_very_many_labels_the_largest_confusions_are_listed() -> None:
    text = shown(many(150), 80)

    assert "a rather long label 149" in text
    assert f"The {LISTED} most frequent of 149 confusions" in text


def test_label_with_brackets_is_no_markup() -> None:
    assert "[/x] label" in shown({("[/x] label", "human"): 1}, 80)
