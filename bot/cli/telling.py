"""The story of a ticket, laid out for reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.constrain import Constrain
from rich.padding import Padding
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

from bot.cli.entries import SHORT
from bot.cli.story import told
from storage.queries import EntryView, TicketRow

WIDEST = 100
"""Columns of a story: longer lines are hard to read."""
INDENT = 10
"""Columns before what belongs to an entry: its time, and a gap."""
AGAIN = "(the same text again)"


@dataclass(frozen=True, slots=True)
class Quotation:
    """What somebody wrote, beside a bar, so that nobody takes it for words of the desk."""

    text: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render each line after the bar."""
        bar = Segment("│ ", Style(color="cyan"))
        narrower = options.update(width=max(1, options.max_width - 2))
        for line in console.render_lines(Text(self.text), narrower, pad=False):
            yield bar
            yield from line
            yield Segment.line()


def story_view(
    row: TicketRow, entries: Sequence[EntryView], width: int
) -> Iterator[RenderableType]:
    """A ticket's entries in their order, each with its time and the id to look it up by."""
    yield head(row)
    day, quoted, width = "", set[str](), min(width, WIDEST)
    for entry in entries:
        today = f"{entry.row.at:%Y-%m-%d}"
        if today != day:
            yield Text(f"{today} (UTC)", style="dim")
            day = today
        for part in _entry(entry, quoted, width):
            yield Constrain(part, width)
    yield Text("\n`frontdesk audit show ID` shows all that an entry holds.", style="dim")


def head(row: TicketRow) -> Text:
    """What the ticket is, in one line."""
    by = f", {row.specialist}" if row.specialist else ""
    human = ", with a human" if row.owned_by_human else ""
    opened = f"{row.opened:%Y-%m-%d %H:%M}"
    return Text.assemble((row.id, "bold"), f"  {row.status}{by}{human}, opened {opened} UTC\n")


def _entry(entry: EntryView, quoted: set[str], width: int) -> Iterator[RenderableType]:
    tale = told(entry)
    line = Table.grid(padding=(0, 2, 0, 0))
    line.width = width
    line.add_column(no_wrap=True)
    line.add_column(overflow="fold", ratio=1)
    line.add_column(no_wrap=True)
    stamp = Text(f"{entry.row.at:%H:%M:%S}", style="dim")
    line.add_row(stamp, Text(tale.sentence), Text(entry.row.id[-SHORT:], style="dim"))
    yield line
    if tale.quoted:
        yield _under(Quotation(AGAIN if tale.quoted in quoted else tale.quoted))
        quoted.add(tale.quoted)
    for note in tale.notes:
        yield _under(Text(note, style="dim"))


def _under(what: RenderableType) -> Padding:
    return Padding(what, (0, 0, 0, INDENT), expand=False)
