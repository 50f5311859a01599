"""Translating texts character by character, by a rule that is asked once for each character."""

from __future__ import annotations

from collections.abc import Callable


class CharacterTable(dict[int, int | str | None]):
    """A table for `str.translate`: what becomes of a character is worked out when it first comes.

    `rule` gives the character itself, something to put in its place, or None to leave it out.
    A text then costs a look-up a character; there are few different characters in all texts.
    """

    def __init__(self, rule: Callable[[str], str | None]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, code: int) -> int | str | None:
        """Ask the rule; several threads may, and get the same."""
        found = self[code] = self._rule(chr(code))
        return found
