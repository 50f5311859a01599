from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from router.answer.knowledge.excerpt import Extent, excerpt, window
from router.answer.knowledge.pieces import Piece, sections
from router.answer.knowledge.units import UnitKind, units

TIGHT = Extent(falls=0.2, weight=4, characters=99)
NOTHING_IS_SHORT = replace(TIGHT, words=0)
LIST = "## Limits\n\n- Free: one\n- Team: two\n- Business: three"


def section(text: str) -> list[Piece]:
    found = [unit for unit in units(text) if unit.kind is not UnitKind.HEADING]
    (only,) = sections(found, text)
    return only


def quoted(
    text: str, worth: Sequence[float], extent: Extent = TIGHT, named: Collection[int] = ()
) -> str | None:
    found = excerpt(text, section(text), worth, extent, named)
    return text[found.start : found.end] if found else None


@pytest.mark.parametrize(
    ("worth", "extent", "expected"),
    [
        ([0.1, 0.9, 0.8, 0.2], TIGHT, [1, 2]),
        ([0.8, 0.9, 0.8, 0.8], replace(TIGHT, weight=2), [0, 1]),
        ([0.9, 0.1, 0.9, 0.9], TIGHT, [0]),
        ([0.9, 0.9, 0.9, 0.9], replace(TIGHT, characters=8), [0]),
        ([0.9, 0.9, 0.9, 0.9], replace(TIGHT, characters=3), []),
    ],
)
def test_window_takes_the_best_piece_and_good_neighbours(
    worth: list[float], extent: Extent, expected: list[int]
) -> None:
    assert list(window(section("Aaaa. Bbbb. Cccc. Dddd."), worth, extent)) == expected


def test_item_joins_only_if_it_is_nearly_as_good() -> None:
    assert list(window(section("- aaa\n- bbb\n- ccc"), [0.9, 0.84, 0.78], TIGHT)) == [0, 1]


def test_short_section_is_quoted_whole() -> None:
    assert quoted("Aaaa. Bbbb. Cccc.", [0.9, 0.1, 0.1]) == "Aaaa. Bbbb. Cccc."


@pytest.mark.parametrize("limit", [{"words": 2}, {"sentences": 2}, {"characters": 16}])
def test_section_above_one_limit_is_not_quoted_whole(limit: dict[str, int]) -> None:
    assert quoted("Aaaa. Bbbb. Cccc.", [0.9, 0.1, 0.1], replace(TIGHT, **limit)) == "Aaaa."


def test_list_comes_with_the_heading_that_announces_it() -> None:
    assert quoted(LIST, [0.1, 0.9, 0.1]) == LIST.removeprefix("## ")


def test_list_with_more_items_than_allowed_is_not_quoted_whole() -> None:
    assert quoted(LIST, [0.1, 0.9, 0.1], replace(TIGHT, items=2)) == "Team: two"


def test_paragraph_comes_without_its_heading() -> None:
    assert quoted("## Limits\n\nTeam has two.", [0.9]) == "Team has two."


def test_item_named_by_the_question_is_quoted_alone_and_without_its_dash() -> None:
    assert quoted(LIST, [0.1, 0.9, 0.1], named={1}) == "Team: two"


def test_items_named_side_by_side_are_quoted_together() -> None:
    assert quoted(LIST, [0.1, 0.9, 0.1], named={1, 2}) == "- Team: two\n- Business: three"


def test_item_comes_with_the_line_that_announces_its_list() -> None:
    text = "The plans are:\n\n- one\n- two\n- three"
    assert quoted(text, [0.1, 0.9, 0.1], NOTHING_IS_SHORT) == "The plans are:\n\n- one\n- two"


def test_leaning_sentence_of_a_new_paragraph_brings_what_stands_before() -> None:
    text = "Ana waters roses.\n\nThey need it."
    assert quoted(text, [0.1, 0.9], NOTHING_IS_SHORT) == text


def test_leaning_sentence_with_nothing_before_is_not_quoted() -> None:
    assert quoted("They need it.", [0.9]) is None


def test_best_piece_that_is_too_long_is_not_quoted() -> None:
    assert quoted("A" * 120, [0.9]) is None
