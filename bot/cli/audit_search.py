"""`frontdesk audit search`: find a decision by what somebody remembers of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.console import FOUND, OK, AsJson, command, err, out, say_json
from bot.cli.entries import entries_view, entry_line
from bot.cli.filtering import (
    AboutPerson,
    ByActor,
    InChannel,
    InWorkspace,
    OfKind,
    OfSpecialist,
    OfTicket,
    Since,
    Until,
    When,
    WithOutcome,
    basis_points,
    micro_dollars,
    times,
)
from bot.cli.opened import opened_store
from bot.cli.operating import acting
from bot.cli.wording import counted
from storage.looking import Look, ids_digest, looked
from storage.privacy.erasures import Erasures
from storage.search.filters import Filter
from storage.search.reindex import reindex as rebuild
from storage.search.search import LOOKED_THROUGH, Page, Search


def join(app: typer.Typer) -> None:
    """Add these commands to `frontdesk audit`."""
    app.command()(search)
    app.command()(reindex)


@command
async def search(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words of a text, or parts of them.")
    ] = None,
    *,
    when: When = None,
    since: Since = None,
    until: Until = None,
    ticket: OfTicket = None,
    kind: OfKind = None,
    actor: ByActor = None,
    specialist: OfSpecialist = None,
    moved_from: Annotated[str | None, typer.Option("--from", help="A matter moved from.")] = None,
    moved_to: Annotated[str | None, typer.Option("--to", help="A matter moved to.")] = None,
    below: Annotated[
        float | None, typer.Option(min=0, max=1, help="Decided with less confidence than this.")
    ] = None,
    outcome: WithOutcome = None,
    model: Annotated[str | None, typer.Option(help="By this model.")] = None,
    cost: Annotated[float | None, typer.Option(min=0, help="That cost this much or more.")] = None,
    channel: InChannel = None,
    workspace: InWorkspace = None,
    person: AboutPerson = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 50,
    after: Annotated[str | None, typer.Option(help="Go on after this id.")] = None,
    depth: Annotated[
        int, typer.Option(min=1, help="How many entries to look through for words.")
    ] = LOOKED_THROUGH,
    as_json: AsJson = False,
) -> int:
    """Find entries, newest first. What was searched for, and how much was found, is on record."""
    begin, end = times(when, since, until)
    async with opened_store() as store:
        wanted = Filter(
            since=begin,
            until=end,
            ticket=ticket,
            kind=kind,
            actor=actor,
            specialist=specialist,
            route_from=moved_from,
            route_to=moved_to,
            below_bp=basis_points(below),
            outcome=outcome,
            model=model,
            cost_from=micro_dollars(cost),
            channel=channel,
            workspace=workspace,
            person=await Erasures(store).person(person) if person else None,
            words=" ".join(words or ()),
        )
        page = await Search(store, depth).page(wanted, limit=limit, after=after)
        digest = ids_digest(row.id for row in page.rows)
        who, count = acting(None), len(page.rows)
        await looked(
            store,
            who,
            Look.SEARCHED,
            wanted.said(),
            count=count,
            digest=digest,
            words=wanted.words,
        )
    _print(page, as_json)
    return OK


@command
async def reindex(
    check: Annotated[bool, typer.Option("--check", help="Only compare; change nothing.")] = False,
) -> int:
    """Make the search columns anew from the entries, or compare them. It may take a while."""
    async with opened_store() as store:
        different, entries = await rebuild(store, check=check)
    if not different:
        out.print(f"The search index says what the entries say, all {entries:,} of them.")
        return OK
    rows = counted(different, "row")
    out.print(f"{rows} {'differ from the entries' if check else 'were put right'}.")
    return FOUND if check else OK


def _print(page: Page, as_json: bool) -> None:
    if as_json:
        for row in page.rows:
            say_json(asdict(row))
    elif out.is_terminal:
        out.print(entries_view(page.rows), soft_wrap=False)
    else:
        for row in page.rows:
            out.print(entry_line(row))
    if page.back_to is not None:
        back = f"{page.back_to:%Y-%m-%d %H:%M}"
        err.print(f"Looked through {page.looked_through:,} entries with texts, to {back}.")
    if page.after is not None:
        err.print(f"There may be more: --after {page.after}")
    elif not page.rows:
        err.print("Nothing fits.")
