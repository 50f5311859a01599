"""What `frontdesk tickets` does to a ticket. Whoever may run it on this machine is an operator."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from bot.cli.console import USAGE, AsJson, command, err, out, plain, say_json
from bot.cli.opened import opened_store
from bot.plugins.office import OPERATOR
from bot.settings import load_settings
from router.ticket_facts import Link, Priority
from router.ticket_life import ResolutionReason
from storage.queries import Queries
from storage.ticket_queries import LivingTicket, TicketQueries, as_json
from storage.tickets import Tickets

Name = Annotated[str, typer.Argument(help="Its id, or a part that fits only one.")]
Act = Callable[[Tickets, str], Awaitable[object]]


@command
async def assign(
    ticket: Name,
    to: Annotated[str, typer.Option("--to", help="A Slack user, by id: U0123.")] = "",
    group: Annotated[str, typer.Option(help="A group, by any name you use: billing-team.")] = "",
    nobody: Annotated[bool, typer.Option("--nobody", help="Take it from whoever has it.")] = False,
    json: AsJson = False,
) -> int:
    """Give a ticket to a person, a group, or to nobody."""
    if nobody == bool(to or group):
        return _usage("say who gets it: --to U0123, --group NAME, both, or --nobody alone")
    who = " ".join(filter(None, (to, group))) or "nobody"
    return await _done(
        ticket,
        lambda tickets, name: tickets.assign(name, by=OPERATOR, person=to, group=group),
        f"belongs to {who} now",
        json=json,
    )


@command
async def resolve(
    ticket: Name,
    reason: Annotated[
        ResolutionReason, typer.Option(help="Why it is done.")
    ] = ResolutionReason.ANSWERED,
    json: AsJson = False,
) -> int:
    """Say that a matter is done; a new question in its thread reopens it."""
    return await _done(
        ticket,
        lambda tickets, name: tickets.resolve(name, reason, by=OPERATOR),
        "is resolved",
        json=json,
    )


@command
async def reopen(ticket: Name, json: AsJson = False) -> int:
    """Say that a matter is not done after all; it is in the staff's queue then."""
    return await _done(
        ticket, lambda tickets, name: tickets.reopen(name, by=OPERATOR), "is open again", json=json
    )


@command
async def prioritise(
    ticket: Name,
    priority: Annotated[Priority, typer.Argument(help="How soon it has to be seen to.")],
    urgency: Annotated[Priority | None, typer.Option(help="How urgent it is to them.")] = None,
    json: AsJson = False,
) -> int:
    """Say how soon a ticket has to be seen to. The time that was used is kept."""
    return await _done(
        ticket,
        lambda tickets, name: tickets.prioritise(name, priority, by=OPERATOR, urgency=urgency),
        f"has priority {priority} now",
        json=json,
    )


@command
async def tag(
    ticket: Name,
    tags: Annotated[list[str], typer.Argument(help="Tags to give it; -NAME takes one away.")],
    json: AsJson = False,
) -> int:
    """Tag a ticket: `frontdesk tickets tag T-1 refund -- -bug` adds one and takes one away."""
    gone = [one[1:] for one in tags if one.startswith("-")]
    given = [one for one in tags if not one.startswith("-")]
    return await _done(
        ticket,
        lambda tickets, name: tickets.tag(name, by=OPERATOR, add=given, remove=gone),
        "is tagged",
        json=json,
    )


@command
async def link(
    ticket: Name,
    kind: Annotated[Link, typer.Argument(help="What it has to do with the other one.")],
    other: Annotated[str, typer.Argument(help="The other ticket.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take the link away.")] = False,
    json: AsJson = False,
) -> int:
    """Link a ticket to another one: `frontdesk tickets link T-2 duplicate_of T-1`."""
    async with opened_store() as store:
        whole = (await Queries(store).ticket(other)).row.id
    return await _done(
        ticket,
        lambda tickets, name: tickets.link(name, kind, whole, by=OPERATOR, remove=remove),
        f"is {'no longer ' if remove else ''}{kind.replace('_', ' ')} {whole}",
        json=json,
    )


async def _done(ticket: str, act: Act, said: str, *, json: bool) -> int:
    """Do it, and say what became of the ticket.

    Raises:
        FrontdeskError: it is not possible, or there is no such ticket.
    """
    async with opened_store() as store:
        name = (await Queries(store).ticket(ticket)).row.id
        try:
            await act(Tickets(store), name)
        except ValueError as error:
            return _usage(str(error))
        row = (await Queries(store).ticket(name)).row
        living = LivingTicket(row, await TicketQueries(store, load_settings().sla.of).life(name))
    if json:
        say_json(as_json(living))
    else:
        out.print(f"{name} {said}.")
    return 0


def _usage(problem: str) -> int:
    err.print(f"[bold red]frontdesk:[/] {plain(problem)}")
    return USAGE
