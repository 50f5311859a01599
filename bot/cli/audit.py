"""`frontdesk audit`: every decision, why it was made, and proof that nobody changed it since."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from bot.cli.console import FOUND, OK, AsJson, command, err, out, plain, say_json
from bot.cli.entries import entries_view, entry_line
from bot.cli.opened import opened_record
from bot.cli.telling import story_view
from bot.settings import load_settings
from storage.ledger.verify import AuditFinding, VerifyReport, verify
from storage.queries import EntryRow, EntryView, NotFound, Queries, TicketView

app = typer.Typer(no_args_is_help=True, help="Every decision, and proof that it is unchanged.")
MOST_SHOWN = 20


@app.command("list")
@command
async def list_(
    *,
    kind: Annotated[
        str | None, typer.Option(help="A kind (route:decided), or what it is about (route).")
    ] = None,
    ticket: Annotated[str | None, typer.Option(help="Only of this ticket.")] = None,
    specialist: Annotated[str | None, typer.Option(help="Only about this specialist.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only from then on, in UTC.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 50,
    after: Annotated[str | None, typer.Option(help="Go on after this id.")] = None,
    as_json: AsJson = False,
) -> None:
    """List audit entries, newest first."""
    async with opened_record() as record:
        entries = await record.entries(
            kind=kind,
            ticket=ticket,
            specialist=specialist,
            since=since and since.replace(tzinfo=UTC),
            limit=limit,
            after=after,
        )
    if as_json:
        for entry in entries:
            say_json(asdict(entry))
    else:
        print_entries(entries)


@app.command()
@command
async def show(
    name: Annotated[str, typer.Argument(help="A ticket or an entry: its id, or part of it.")],
    as_json: AsJson = False,
) -> None:
    """Tell the whole story of a ticket, or show one entry with all that it holds."""
    async with opened_record() as record:
        found = await _named(record, name)
    if as_json:
        for view in found.entries if isinstance(found, TicketView) else (found,):
            say_json(asdict(view))
    elif isinstance(found, TicketView):
        for part in story_view(found.row, found.entries, out.width):
            out.print(part, soft_wrap=False)
    else:
        print_entry(found)


@app.command("verify")
@command
async def verify_(as_json: AsJson = False) -> int:
    """Show that the audit trail is what was written, or name the first entry that is not.

    It reads the database and changes nothing. Exit code 1 if anything was altered.
    """
    settings = load_settings()
    report = await asyncio.to_thread(verify, settings.database_url, settings.keys)
    if as_json:
        say_json(asdict(report))
    else:
        print_report(report)
    return OK if report.ok else FOUND


def print_entries(entries: Sequence[EntryRow]) -> None:
    """Print a list of entries: to look at on a terminal, else one whole line each."""
    if out.is_terminal:
        out.print(entries_view(entries), soft_wrap=False)
    else:
        for entry in entries:
            out.print(entry_line(entry))


def print_entry(view: EntryView) -> None:
    """Print an entry: its head, what it says, and the texts it commits to."""
    out.print(entry_line(view.row), style="bold")
    body = json.dumps(view.leaf.get("body", {}), indent=2, ensure_ascii=False)
    out.print(Text(f"  by {view.row.actor}\n{_indented(body)}", style="dim"))
    for field, text in view.texts.items():
        if field != "outcome":  # the same again as JSON, for the desk itself
            out.print(Text(f"  {field}:\n{_indented(text)}"))
    out.print()


def print_report(report: VerifyReport) -> None:
    """Print what a verification found, the first bad entry first."""
    for finding in report.findings[:MOST_SHOWN]:
        out.print(_finding(finding))
    if report.found > MOST_SHOWN:
        out.print(f"… and {report.found - MOST_SHOWN} more findings.")
    for skipped in report.skipped:
        err.print(f"[yellow]not checked:[/] {plain(skipped)}")
    if report.ok:
        out.print(f"[green]Unaltered:[/] {report.checked} entries, log size {report.size}.")
        out.print(f"Root {report.root}")
    else:
        first = report.findings[0]
        out.print(f"[bold red]Altered:[/] the first bad entry is {plain(_place(first))}.")


def _place(finding: AuditFinding) -> str:
    """The entry, or, where it is gone, where it was."""
    if finding.entry:
        return finding.entry
    if finding.log_index is not None:
        return f"the one at place {finding.log_index} of the log"
    return f"of ticket {finding.ticket}" if finding.ticket else "in the log's own tables"


def _finding(finding: AuditFinding) -> Text:
    place = "" if finding.log_index is None else f" (log index {finding.log_index})"
    return Text(f"{finding.code}: {finding.entry or '-'}{place}: {finding.message}")


async def _named(record: Queries, name: str) -> TicketView | EntryView:
    try:
        return await record.ticket(name)
    except NotFound as no_ticket:
        try:
            return await record.entry(name)
        except NotFound as no_entry:
            raise NotFound(f"{no_ticket}, and {no_entry}") from no_entry


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
