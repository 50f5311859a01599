"""What was expected against where it went, in the fullest form that fits the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

Confusion = Mapping[tuple[str, str], int]
"""How many tickets were expected there and routed here."""

MOST_COLUMNS = 30
"""A wider matrix is no picture any more; the largest confusions are listed instead."""
LISTED = 25


def confusion_view(confusion: Confusion, width: int) -> RenderableType:
    """A matrix under its labels, or under their numbers, or the largest confusions as a list."""
    routes = sorted({route for _, route in confusion})
    matrix = _matrix(confusion, routes, routes)
    if len(routes) <= MOST_COLUMNS and _fits(matrix, width):
        return Group(_title(confusion), matrix)
    labels = sorted({label for pair in confusion for label in pair})
    numbers = {label: str(number) for number, label in enumerate(labels, start=1)}
    numbered = _matrix(confusion, routes, [numbers[route] for route in routes], numbers)
    if len(routes) <= MOST_COLUMNS and _fits(numbered, width):
        return Group(_title(confusion), numbered, *_key(routes, numbers, confusion))
    return Group(_title(confusion), _largest(confusion))


def to_the_right(table: Table) -> Table:
    """The same table, with figures to the right."""
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _title(confusion: Confusion) -> Text:
    """A line of its own: a table's title would break at the table's width."""
    right = sum(n for (expected, route), n in confusion.items() if expected == route)
    share = right / sum(confusion.values())
    return Text(f"\nExpected (rows) and routed to (columns): {share:.1%} right", style="italic")


def _matrix(
    confusion: Confusion,
    routes: Sequence[str],
    heads: Sequence[str],
    numbers: Mapping[str, str] | None = None,
) -> Table:
    table = Table()
    for head in ("Expected", *heads, "right"):
        table.add_column(Text(head), no_wrap=True)
    for expected in sorted({expected for expected, _ in confusion}):
        name = f"{numbers[expected]:>2} {expected}" if numbers else expected
        counts = [confusion.get((expected, route), 0) for route in routes]
        of_all = confusion.get((expected, expected), 0) / sum(counts)
        table.add_row(Text(name), *(str(n) if n else "·" for n in counts), f"{of_all:.0%}")
    return to_the_right(table)


def _fits(table: Table, width: int) -> bool:
    """Whether all columns have room: a letter and a rule each side, and the outer rule."""
    needed = 1
    for column in table.columns:
        cells = [column.header, *column.cells]
        needed += max(len(str(cell)) for cell in cells) + 3
    return needed <= width


def _key(routes: Sequence[str], numbers: Mapping[str, str], confusion: Confusion) -> list[Text]:
    """What the numbers of columns stand for that are in no row."""
    expected = {label for label, _ in confusion}
    return [Text(f"  {numbers[route]:>2} {route}") for route in routes if route not in expected]


def _largest(confusion: Confusion) -> Table:
    table = Table("Expected", "Routed to", "tickets", "of its tickets")
    of = Counter[str]()
    for (expected, _), number in confusion.items():
        of[expected] += number
    wrong = {pair: number for pair, number in confusion.items() if pair[0] != pair[1]}
    for (expected, route), number in Counter(wrong).most_common(LISTED):
        share = f"{number / of[expected]:.0%}"
        table.add_row(Text(expected), Text(route), str(number), share)
    if len(wrong) > LISTED:
        table.caption = f"The {LISTED} most frequent of {len(wrong)} confusions; --json has all."
    for column in table.columns[2:]:
        column.justify = "right"
    return table
