"""`frontdesk tickets`: what came in, and what became of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot.cli.console import AsJson, command, out, say_json
from bot.cli.entries import entries_view
from bot.cli.opened import opened_record
from bot.cli.telling import head
from frontdesk import Author
from storage.queries import TicketRow, TicketView
from storage.tables import TicketStatus

app = typer.Typer(no_args_is_help=True, help="What came in, and what became of it.")

Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")]
After = Annotated[str | None, typer.Option(help="Go on after this id, the last one shown.")]


@app.command("list")
@command
async def list_(
    status: Annotated[TicketStatus | None, typer.Option(help="Only these.")] = None,
    specialist: Annotated[str | None, typer.Option(help="Only this specialist's.")] = None,
    limit: Limit = 50,
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """List tickets, newest first."""
    async with opened_record() as record:
        tickets = await record.tickets(
            status=status, specialist=specialist, limit=limit, after=after
        )
    if as_json:
        for ticket in tickets:
            say_json(asdict(ticket))
    else:
        out.print(_table(tickets))


@app.command()
@command
async def show(
    ticket: Annotated[str, typer.Argument(help="Its id, or a part that fits only one.")],
    as_json: AsJson = False,
) -> None:
    """Show one ticket: what was said, and every entry that explains it."""
    async with opened_record() as record:
        view = await record.ticket(ticket)
    if as_json:
        say_json(asdict(view))
    else:
        _print(view)


def _table(tickets: tuple[TicketRow, ...]) -> Table:
    table = Table("Ticket", "Opened", "Status", "Specialist", "From", title="Tickets")
    for one in tickets:
        opened = f"{one.opened:%Y-%m-%d %H:%M}"
        table.add_row(one.id, opened, one.status, Text(one.specialist or ""), Text(one.source))
    return table


def _print(view: TicketView) -> None:
    out.print(head(view.row))
    for message in view.messages:
        who = "desk" if message.author is Author.DESK else message.author.value
        out.print(Text(f"{message.at:%H:%M:%S}  {who}", style="bold"))
        out.print(Text(f"{message.text}\n"))
    out.print(entries_view([entry.row for entry in view.entries], view.row.id), soft_wrap=False)
    out.print(f"`frontdesk audit show {view.row.id}` tells the whole story.", style="dim")
