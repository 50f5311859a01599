"""`frontdesk audit`: every decision, why it was made, and proof that nobody changed it since."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from bot.cli import (
    audit_anchors,
    audit_anew,
    audit_drill,
    audit_export,
    audit_privacy,
    audit_proof,
    audit_reconcile,
    audit_search,
    audit_verify,
    audit_witness,
)
from bot.cli.audit_findings import findings
from bot.cli.audit_review import review, sample
from bot.cli.console import AsJson, command, out, say_json
from bot.cli.entries import entries_view, entry_line
from bot.cli.opened import opened_store
from bot.cli.operating import acting
from bot.cli.telling import story_view
from storage.looking import Look, ids_digest, looked
from storage.overview.artifacts import content
from storage.queries import EntryRow, EntryView, NotFound, Queries, TicketView

app = typer.Typer(no_args_is_help=True, help="Every decision, and proof that it is unchanged.")
app.command()(sample)
app.add_typer(review, name="review")
app.add_typer(findings, name="findings")
for part in (
    audit_anchors,
    audit_anew,
    audit_verify,
    audit_proof,
    audit_reconcile,
    audit_drill,
    audit_search,
    audit_export,
    audit_privacy,
):
    part.join(app)
app.add_typer(audit_witness.app, name="witness")


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
    said = {"kind": kind, "ticket": ticket, "specialist": specialist, "since": since}
    async with opened_store() as store:
        entries = await Queries(store).entries(
            kind=kind,
            ticket=ticket,
            specialist=specialist,
            since=since and since.replace(tzinfo=UTC),
            limit=limit,
            after=after,
        )
        digest = ids_digest(entry.id for entry in entries)
        count = len(entries)
        await looked(store, acting(None), Look.SEARCHED, said, count=count, digest=digest)
    if as_json:
        for entry in entries:
            say_json(asdict(entry))
    else:
        print_entries(entries)


@app.command()
@command
async def show(
    name: Annotated[
        str, typer.Argument(help="A ticket or an entry: its id, or part of it; or a digest.")
    ],
    as_json: AsJson = False,
) -> None:
    """Tell the whole story of a ticket, or show one entry with all that it holds.

    With a digest that an entry names, show what it stands for: settings, a prompt, the files of a
    plugin, what a model was asked with.
    """
    async with opened_store() as store:
        if (kept := await content(store, name)) is not None:
            out.print(Text(kept[1].decode(errors="replace").rstrip("\n")), soft_wrap=True)
            return
        found = await _named(Queries(store), name)
        views = found.entries if isinstance(found, TicketView) else (found,)
        seen = ids_digest(view.row.id for view in views)
        about = {"name": found.row.id}
        await looked(store, acting(None), Look.VIEWED, about, count=len(views), digest=seen)
    if as_json:
        for view in found.entries if isinstance(found, TicketView) else (found,):
            say_json(asdict(view))
    elif isinstance(found, TicketView):
        for part in story_view(found.row, found.entries, out.width):
            out.print(part, soft_wrap=False)
    else:
        print_entry(found)


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
