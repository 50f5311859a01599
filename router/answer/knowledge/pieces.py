"""Pieces: what of a section is quoted together or not at all.

A list of steps is one piece, and so is a line that ends with a colon and what it announces. A
sentence that begins with "It" or "You then" goes with what stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from router.answer.knowledge.units import Unit, UnitKind

LEANING = re.compile(
    r"(?:it|its|they|their|this|these|those|both|otherwise|also|afterwards|(?:\w+ ){0,2}then)\b",
    re.IGNORECASE,
)
"""A sentence that begins like this leans on what stands before it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Units that stand side by side in one section. `rows` are their places among all units.

    `leans` says that it begins with a word for something that no sentence before it names.
    """

    units: tuple[Unit, ...]
    rows: tuple[int, ...]
    leans: bool = False

    @property
    def start(self) -> int:
        """Where it begins in its passage's text."""
        return self.units[0].start

    @property
    def end(self) -> int:
        """Where it ends in its passage's text."""
        return self.units[-1].end

    @property
    def is_item(self) -> bool:
        """An item of a list without an order."""
        return self.units[-1].kind is UnitKind.ITEM

    @property
    def weight(self) -> int:
        """How many sentences it counts as; a list of steps is read as one."""
        kinds = [unit.kind for unit in self.units]
        steps = kinds.count(UnitKind.STEP)
        return len(kinds) - steps + bool(steps)


def sections(found: Sequence[Unit], text: str) -> Iterator[list[Piece]]:
    """The pieces of each section of a passage, in order; `found` are its quotable units."""
    numbered = list(enumerate(found))
    for _, section in groupby(numbered, key=lambda item: item[1].section):
        pieces: list[Piece] = []
        for row, unit in section:
            if pieces and _belongs(pieces[-1].units[-1], unit, text):
                before = pieces.pop()
                pieces.append(Piece((*before.units, unit), (*before.rows, row), before.leans))
            else:
                pieces.append(Piece((unit,), (row,), _leans(unit, text)))
        yield pieces


def _belongs(before: Unit, unit: Unit, text: str) -> bool:
    words = before.of(text)
    if before.kind is UnitKind.STEP and unit.kind is UnitKind.STEP:
        return before.block == unit.block
    if words.endswith(":") and before.kind is UnitKind.SENTENCE:
        return True
    if unit.kind is UnitKind.CODE:
        return True
    near = before.block == unit.block or before.kind is UnitKind.STEP
    return near and _leans(unit, text)


def _leans(unit: Unit, text: str) -> bool:
    return unit.kind is UnitKind.SENTENCE and LEANING.match(unit.of(text)) is not None
