"""Where the sentences and list items of a passage begin and end.

A quotation must stand word for word in its passage, so a unit is a place in the text, not a copy
of it. The rules for sentences are our own: what was found on the shelf (pysbd) has had no release
since 2021 and warns on import, and help articles need little: abbreviations, decimals, addresses
and code. A boundary that is missed makes a longer quotation; a wrong one would cut a quotation in
two, so in doubt the text goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

HEADING_MARK = "## "
_HEADING = re.compile(r"## ")
_STEP = re.compile(r"\s*\d{1,9}[.)] ")
_ITEM = re.compile(r"\s*- ")
_PIECE = re.compile(r"```.*?(?:```|\Z)|[^\n]+", re.DOTALL)
_OPENING, _CLOSING = "\"'\u201c\u2018(\\[`", "\"'\u201d\u2019)\\]"
_END = re.compile(
    rf"[.!?\u2026]+[{_CLOSING}]*(?=\s+[{_OPENING}]*[^\W_a-z])"
    r"|[\u3002\uff01\uff1f]+[\u300d\u300f\u201d\uff09]*(?=.)"  # Chinese and Japanese: no space
    r"|\n"
)
_CODE = re.compile(r"`[^`\n]*`")
_ABBREVIATION = re.compile(
    rf"(?:^|[\s{_OPENING}])(?:[A-Z]|e\.g|i\.e|etc|vs|cf|approx|nos?|art|fig|sec|mr|mrs|ms|dr|prof|st|jr"
    r"|sr|inc|ltd|co|corp|dept|est|min|max|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|u\.s|u\.k"
    r"|a\.m|p\.m)\.$",
    re.IGNORECASE,
)


class UnitKind(StrEnum):
    """What a unit is."""

    HEADING = "heading"
    SENTENCE = "sentence"
    STEP = "step"
    ITEM = "item"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Unit:
    """The least that is quoted: `passage_text[start:end]`.

    `section` and `block` count headings and blocks from the start of the passage; a list is one
    block. `heading` is the heading it stands under.
    """

    kind: UnitKind
    start: int
    end: int
    section: int
    block: int
    heading: str

    def of(self, text: str) -> str:
        """This unit's words out of its passage's text."""
        return text[self.start : self.end]


def units(text: str) -> list[Unit]:
    """All units of a passage's text in order, headings included."""
    found: list[Unit] = []
    section, heading, block, before = 0, "", 0, 0
    for piece in _PIECE.finditer(text):
        if "\n\n" in text[before : piece.start()]:
            block += 1
        before = piece.end()
        kind = _kind(piece.group())
        if kind is UnitKind.HEADING:
            section, heading = section + 1, piece.group()[len(HEADING_MARK) :].strip()
        for start, end in _spans(piece.group(), kind):
            at = piece.start()
            found.append(Unit(kind, at + start, at + end, section, block, heading))
    return found


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The places (start, end) of the sentences of a paragraph, outer spaces left out."""
    code = [span.span() for span in _CODE.finditer(text)]
    start = 0
    for match in _END.finditer(text):
        inside = any(first < match.start() < last for first, last in code)
        if inside or _ABBREVIATION.search(text[max(start, match.end() - 12) : match.end()]):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _kind(piece: str) -> UnitKind:
    if piece.startswith("```"):
        return UnitKind.CODE
    if _HEADING.match(piece):
        return UnitKind.HEADING
    if _STEP.match(piece):
        return UnitKind.STEP
    return UnitKind.ITEM if _ITEM.match(piece) else UnitKind.SENTENCE


def _spans(piece: str, kind: UnitKind) -> Iterator[tuple[int, int]]:
    return sentences(piece) if kind is UnitKind.SENTENCE else _trimmed(piece, 0, len(piece))
