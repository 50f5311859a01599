"""What of a section is quoted: all of it if it is short, else its best run of pieces.

A section is written to be read as one, so quoting it whole answers more than picking sentences
does. What is picked must be readable alone: a list comes with what announces it, a single item
without its dash, and a sentence that leans on another one with that one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from router.answer.knowledge.pieces import Piece
from router.answer.knowledge.units import UnitKind

ITEM = 0.4
ITEM_MARK = "- "


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a quotation may go.

    A section of at most `words`, `sentences` and `items` is quoted whole. Of a longer one a
    neighbour of the best piece joins if it is worth at most `falls` less; an item of a list at
    most `ITEM` of that, because items seldom need each other. `weight` and `characters` are then
    the most of all together.
    """

    falls: float = 0.3
    weight: int = 4
    words: int = 70
    sentences: int = 5
    items: int = 8
    characters: int = 1_200


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`text[start:end]` of a passage's text, and the places of the section's pieces in it."""

    start: int
    end: int
    places: range


def excerpt(
    text: str,
    pieces: Sequence[Piece],
    worth: Sequence[float],
    extent: Extent,
    named: Collection[int] = (),
) -> Excerpt | None:
    """What to quote of a section of the passage `text`, given what each of its pieces is worth.

    Where the best piece is an item that is `named` by the question, such as an error code, it
    is all that was asked for. None if what is best cannot be quoted: it is too long, or leans on
    something that the section does not say.
    """
    best = max(range(len(pieces)), key=lambda place: worth[place])
    if best in named and pieces[best].is_item:
        places = _run(best, named)
    elif _short(text, pieces, extent):
        places = range(len(pieces))
    else:
        places = _supported(text, pieces, window(pieces, worth, extent))
    if not places or pieces[places[0]].leans:
        return None
    return Excerpt(_start(text, pieces, places), pieces[places[-1]].end, places)


def window(pieces: Sequence[Piece], worth: Sequence[float], extent: Extent) -> range:
    """The places of the best piece and of its good neighbours on both sides.

    It is empty if even the best piece is too long to be quoted.
    """
    best = max(range(len(pieces)), key=lambda place: worth[place])
    first, last = best, best
    if not _fits(pieces[best : best + 1], extent):
        return range(0)
    while True:
        joining = [
            place
            for place in (first - 1, last + 1)
            if 0 <= place < len(pieces)
            and worth[best] - worth[place] <= extent.falls * (ITEM if pieces[place].is_item else 1)
            and _fits(pieces[min(first, place) : max(last, place) + 1], extent)
        ]
        if not joining:
            return range(first, last + 1)
        joined = max(joining, key=lambda place: worth[place])
        first, last = min(first, joined), max(last, joined)


def _run(best: int, named: Collection[int]) -> range:
    first, last = best, best
    while first - 1 in named:
        first -= 1
    while last + 1 in named:
        last += 1
    return range(first, last + 1)


def _short(text: str, pieces: Sequence[Piece], extent: Extent) -> bool:
    units = [unit.kind for piece in pieces for unit in piece.units]
    listed = units.count(UnitKind.ITEM) + units.count(UnitKind.STEP)
    whole = text[pieces[0].start : pieces[-1].end]
    return (
        len(whole.split()) <= extent.words
        and len(whole) <= extent.characters
        and listed <= extent.items
        and units.count(UnitKind.SENTENCE) <= extent.sentences
    )


def _fits(run: Sequence[Piece], extent: Extent) -> bool:
    characters = run[-1].end - run[0].start
    weight = sum(piece.weight for piece in run)
    return characters <= extent.characters and (weight <= extent.weight or len(run) == 1)


def _supported(text: str, pieces: Sequence[Piece], places: range) -> range:
    """With what the first piece leans on: the sentence before, or the line that opens its list."""
    if not places:
        return places
    first = _opening(text, pieces, places.start)
    while first > 0 and pieces[first].leans:
        first -= 1
    return range(first, places.stop)


def _opening(text: str, pieces: Sequence[Piece], place: int) -> int:
    """Where the list of an item begins if a line with a colon announces it; else `place`."""
    block = pieces[place].units[0].block
    head = place
    while head > 0 and pieces[head].is_item and pieces[head - 1].is_item:
        head -= 1
    opens = pieces[head].units[0]
    announced = opens.of(text).endswith(":") and opens.block + 1 >= block
    return head if pieces[place].is_item and announced else place


def _start(text: str, pieces: Sequence[Piece], places: range) -> int:
    """Where to begin: a list that opens its section under the heading, a lone item at its words."""
    first = pieces[places[0]].units[0]
    if first.kind not in {UnitKind.ITEM, UnitKind.STEP}:
        return first.start
    if places[0] == 0 and first.heading and text[: first.start].rstrip().endswith(first.heading):
        return text.rindex(first.heading, 0, first.start)
    words = first.of(text)
    if len(places) == 1 and words.startswith(ITEM_MARK):
        return first.start + len(ITEM_MARK)
    return first.start
