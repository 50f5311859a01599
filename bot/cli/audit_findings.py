"""`frontdesk audit findings`: what has to be put right, from the command line."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot.cli.console import AsJson, command, out, say_json
from bot.cli.reviewing import As, opened
from storage.people.accounts import Accounts
from storage.people.roles import Role
from storage.reviews.findings import NewFinding

findings = typer.Typer(no_args_is_help=True, help="What has to be put right.")


@findings.command("list")
@command
async def findings_list(
    *,
    closed: Annotated[bool, typer.Option(help="The closed ones instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """List findings, the most urgent first."""
    async with opened() as desk:
        rows = await desk.reviews.findings(closed=closed)
        names = {one.ref: one.name for one in await Accounts(desk.store).all()}
    if as_json:
        for row in rows:
            say_json(asdict(row))
        return
    table = Table("Finding", "Due", "Owner", "What", "Action", title="Findings")
    for row in rows:
        owner = names.get(row.owner, row.owner[:6])
        table.add_row(row.id, f"{row.due:%Y-%m-%d}", Text(owner), Text(row.what), Text(row.action))
    out.print(table)


@findings.command("open")
@command
async def findings_open(
    *,
    what: Annotated[str, typer.Argument(help="What is wrong.")],
    by: As,
    owner: Annotated[str, typer.Option(help="Who puts it right: a name at the console.")],
    due: Annotated[datetime, typer.Option(help="Until when, UTC.")],
    action: Annotated[str, typer.Option(help="What is to be done.")] = "",
    entry: Annotated[str | None, typer.Option(help="The entry that it is about.")] = None,
) -> None:
    """Put a finding on record."""
    async with opened() as desk:
        person = await desk.person(by, Role.REVIEWER)
        owned_by = await desk.person(owner)
        found = NewFinding(what, action, owned_by.ref, due.replace(tzinfo=UTC), item=entry)
        name = await desk.reviews.open_finding(person.ref, found)
    out.print(f"On record: {name}")


@findings.command("close")
@command
async def findings_close(
    name: Annotated[str, typer.Argument(help="The finding, such as F-0K3M9X7Q2ABC.")],
    by: As,
    resolution: Annotated[str, typer.Option(help="How it was put right.")],
    change: Annotated[str | None, typer.Option(help="The entry of the change that did it.")] = None,
) -> None:
    """Close a finding that is put right; its owner cannot."""
    async with opened() as desk:
        person = await desk.person(by, Role.REVIEWER)
        await desk.reviews.close_finding(person.ref, name, resolution, change)
    out.print(f"{name} is closed.")
