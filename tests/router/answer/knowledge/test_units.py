import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.answer.knowledge.units import UnitKind, sentences, units


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("See e.g. Settings. Then go.", ["See e.g. Settings.", "Then go."]),
        ("It costs 3.50 USD. Pay now.", ["It costs 3.50 USD.", "Pay now."]),
        ("Open app.example.com. Look.", ["Open app.example.com.", "Look."]),
        ("Dr. J. Smith answers. He calls.", ["Dr. J. Smith answers.", "He calls."]),
        ("Send `a. B` now. Wait.", ["Send `a. B` now.", "Wait."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("Wait ... and see. Good.", ["Wait ... and see.", "Good."]),
        ("Öffnen. Über uns.", ["Öffnen.", "Über uns."]),
        ("今日は。明日は\uff1fはい。", ["今日は。", "明日は\uff1f", "はい。"]),
        ("first line\nsecond line", ["first line", "second line"]),
        ("   ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_units_know_their_kind_section_and_block() -> None:
    text = "Lead. More.\n\n## Steps\n\n1. One. Two.\n2. Three.\n\n- item\n\n```\nx\n\ny\n```"
    found = units(text)
    assert [(unit.kind, unit.of(text)) for unit in found] == [
        (UnitKind.SENTENCE, "Lead."),
        (UnitKind.SENTENCE, "More."),
        (UnitKind.HEADING, "## Steps"),
        (UnitKind.STEP, "1. One. Two."),
        (UnitKind.STEP, "2. Three."),
        (UnitKind.ITEM, "- item"),
        (UnitKind.CODE, "```\nx\n\ny\n```"),
    ]
    assert [unit.section for unit in found] == [0, 0, 1, 1, 1, 1, 1]
    assert found[3].block == found[4].block != found[5].block
    assert {unit.heading for unit in found[2:]} == {"Steps"}


@given(st.text(max_size=400))
def test_units_are_apart_in_order_and_lose_no_word(text: str) -> None:
    found = units(text)
    places = [place for unit in found for place in (unit.start, unit.end)]
    assert places == sorted(places)
    joined = "".join(unit.of(text) for unit in found)
    assert "".join(joined.split()) == "".join(text.split())
