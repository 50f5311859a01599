"""Audit entries as a list to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.percent import percent
from storage.queries import EntryRow

SHORT = 12
"""Characters at the end of an entry's id that tell it from all others, and can be typed instead."""


def entries_view(entries: Iterable[EntryRow], ticket: str | None = None) -> RenderableType:
    """Entries for a terminal, under a line for each day; without their ticket if it is `ticket`."""
    return Group(*_days(entries, ticket))


def entry_line(entry: EntryRow) -> Text:
    """One entry as one line that stands for itself, for files and pipes."""
    parts = (
        f"{entry.at:%Y-%m-%d %H:%M:%S}",
        f"{entry.kind:<18}",
        f"{entry.ticket:<16}",
        f"{entry.specialist or '':<12}",
        f"{_sure(entry):>5}",
        f"{entry.outcome or '':<10}",
        entry.id,
    )
    return Text("  ".join(parts))


def _days(entries: Iterable[EntryRow], ticket: str | None) -> Iterator[RenderableType]:
    day, table = "", _table()
    for entry in entries:
        today = f"{entry.at:%Y-%m-%d}"
        if today != day:
            yield from (table, Text(today, style="bold")) if day else (Text(today, style="bold"),)
            day, table = today, _table()
        belongs = Text("" if entry.ticket == ticket else entry.ticket)
        told = " ".join(filter(None, (entry.specialist, _sure(entry), entry.outcome)))
        time = f"{entry.at:%H:%M:%S}"
        table.add_row(time, entry.kind, belongs, Text(told), Text(entry.id[-SHORT:], style="dim"))
    yield table


def _table() -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for column in ("when", "kind", "ticket", "told", "entry"):
        table.add_column(column, no_wrap=column != "told", overflow="fold")
    return table


def _sure(entry: EntryRow) -> str:
    return "" if entry.confidence_bp is None else percent(entry.confidence_bp)
