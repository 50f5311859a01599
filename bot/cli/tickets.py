"""`frontdesk tickets`: what came in, and what became of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from bot.cli import ticket_list
from bot.cli.console import AsJson, command, out, say_json
from bot.cli.entries import entries_view
from bot.cli.opened import opened_store
from bot.cli.satisfaction import satisfaction
from bot.cli.stuck import show_stuck
from bot.cli.telling import head
from bot.cli.ticket_acts import assign, link, prioritise, reopen, resolve
from bot.cli.ticket_acts import tag as tag_
from bot.settings import load_settings
from frontdesk import Author
from router.ticket_facts import Priority
from router.ticket_life import TicketStatus
from storage.queries import Queries, TicketView
from storage.ticket_queries import Life, LivingTicket, TicketQueries, Wanted
from storage.ticket_queries import as_json as living_json

app = typer.Typer(no_args_is_help=True, help="What came in, and what became of it.")

app.command("stuck")(show_stuck)
app.command("satisfaction")(satisfaction)

Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")]
After = Annotated[str | None, typer.Option(help="Go on after this id, the last one shown.")]


@app.command("list")
@command
async def list_(
    *,
    status: Annotated[
        list[TicketStatus] | None, typer.Option(help="Only these; may be given again.")
    ] = None,
    specialist: Annotated[str | None, typer.Option(help="Only this specialist's.")] = None,
    priority: Annotated[Priority | None, typer.Option(help="Only of this priority.")] = None,
    assignee: Annotated[
        str | None, typer.Option(help="Only this Slack user's; nobody for those without one.")
    ] = None,
    group: Annotated[str | None, typer.Option(help="Only this group's.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only with this tag.")] = None,
    workspace: Annotated[str | None, typer.Option(help="Only this workspace's.")] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those past a deadline now.")
    ] = False,
    limit: Limit = 50,
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """List tickets, newest first."""
    wanted = Wanted(
        statuses=tuple(status or ()),
        specialist=specialist,
        priority=priority,
        assignee="" if assignee == "nobody" else assignee,
        group=group,
        tag=tag,
        workspace=workspace,
        overdue=overdue,
    )
    async with opened_store() as store:
        tickets = await TicketQueries(store, load_settings().sla.of).list(
            wanted, limit=limit, after=after
        )
    if as_json:
        for ticket in tickets:
            say_json(living_json(ticket))
    else:
        out.print(ticket_list.table(tickets, datetime.now(UTC)))


@app.command()
@command
async def show(
    ticket: Annotated[str, typer.Argument(help="Its id, or a part that fits only one.")],
    as_json: AsJson = False,
) -> None:
    """Show one ticket: what was said, and every entry that explains it."""
    async with opened_store() as store:
        view = await Queries(store).ticket(ticket)
        life = await TicketQueries(store, load_settings().sla.of).life(view.row.id)
    if as_json:
        say_json(asdict(view) | {"life": living_json(LivingTicket(view.row, life))})
    else:
        _print(view, life)


for _act in (assign, resolve, reopen, prioritise, tag_, link):
    app.command(_act.__name__)(_act)


def _print(view: TicketView, life: Life) -> None:
    out.print(head(view.row))
    for line in ticket_list.lines(life, datetime.now(UTC)):
        out.print(line)
    out.print()
    for message in view.messages:
        who = "desk" if message.author is Author.DESK else message.author.value
        out.print(Text(f"{message.at:%H:%M:%S}  {who}", style="bold"))
        out.print(Text(f"{message.text}\n"))
    out.print(entries_view([entry.row for entry in view.entries], view.row.id), soft_wrap=False)
    out.print(f"`frontdesk audit show {view.row.id}` tells the whole story.", style="dim")
