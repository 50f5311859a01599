"""What is said about single characters holds for whole texts, however often it is asked."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from router.characters import CharacterTable


def rule(character: str) -> str | None:
    category = unicodedata.category(character)
    return None if category == "Cf" else "?" if category == "Nd" else character


TABLE = CharacterTable(rule)


@given(st.text())
def test_table_translates_as_its_rule_says(text: str) -> None:
    assert text.translate(TABLE) == "".join(rule(character) or "" for character in text)


def test_rule_is_asked_once_a_character() -> None:
    asked: list[str] = []
    table = CharacterTable(lambda character: asked.append(character) or character)
    assert ("abba" * 3).translate(table) == "abba" * 3
    assert asked == ["a", "b"]
