import pytest

from router.answer.knowledge.pieces import Extent, sections, window
from router.answer.knowledge.units import UnitKind, units

TEXT = (
    "Lead.\n\n## One\n\n1. a\n2. b\n\nYou then see it. It is blue. Done here.\n\nTo call:\n\n"
    "```\nx\n```\n\n- item"
)


def pieces(text: str) -> list[list[str]]:
    found = [unit for unit in units(text) if unit.kind is not UnitKind.HEADING]
    return [[text[p.start : p.end] for p in section] for section in sections(found, text)]


def test_steps_leaning_sentences_and_announced_code_stay_together() -> None:
    assert pieces(TEXT) == [
        ["Lead."],
        [
            "1. a\n2. b\n\nYou then see it. It is blue.",
            "Done here.",
            "To call:\n\n```\nx\n```",
            "- item",
        ],
    ]


@pytest.mark.parametrize(
    ("worth", "extent", "expected"),
    [
        ([0.1, 0.9, 0.8, 0.2], Extent(0.2, 4, 99), [1, 2]),
        ([0.8, 0.9, 0.8, 0.8], Extent(0.2, 2, 99), [0, 1]),
        ([0.9, 0.1, 0.9, 0.9], Extent(0.2, 4, 99), [0]),
        ([0.9, 0.9, 0.9, 0.9], Extent(0.2, 4, 8), [0]),
        ([0.9, 0.9, 0.9, 0.9], Extent(0.2, 4, 3), []),
    ],
)
def test_window_takes_the_best_piece_and_good_neighbours(
    worth: list[float], extent: Extent, expected: list[int]
) -> None:
    text = "Aaaa. Bbbb. Cccc. Dddd."
    (section,) = sections(units(text), text)
    assert list(window(section, worth, extent)) == expected


def test_item_joins_only_if_it_is_nearly_as_good() -> None:
    text = "- aaa\n- bbb\n- ccc"
    (section,) = sections(units(text), text)
    assert list(window(section, [0.9, 0.84, 0.78], Extent(0.2, 4, 99))) == [0, 1]
