"""`frontdesk audit hold`: what must not be erased for now."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.console import AsJson, command, out, plain, say_json
from bot.cli.opened import opened_store
from bot.cli.operating import By, acting, typed_by
from storage.ids import typed
from storage.privacy.erasures import Erasures
from storage.privacy.holds import Holds

holds = typer.Typer(no_args_is_help=True, help="Legal holds: what must not be erased for now.")


@holds.command()
@command
async def place(
    reason: Annotated[str, typer.Option(help="Why, for those who have to decide on it later.")],
    subject: Annotated[str | None, typer.Option(help="A person: slack:U123[:T1].")] = None,
    ticket: Annotated[str | None, typer.Option(help="One ticket.")] = None,
    workspace: Annotated[str | None, typer.Option(help="A whole workspace.")] = None,
    by: By = None,
) -> None:
    """Hold the texts of a person, a ticket or a workspace."""
    async with opened_store() as store:
        person = await Erasures(store).person(subject) if subject else None
        name = await Holds(store).place(
            acting(by),
            reason,
            person=person,
            ticket=typed(ticket) if ticket else None,
            workspace=workspace,
            typed_by=typed_by(),
        )
    out.print(f"Held: {name}. Releasing it takes two: frontdesk audit hold release {name}")


@holds.command()
@command
async def release(hold: Annotated[str, typer.Argument()], by: By = None) -> None:
    """Ask for a hold to be released, or agree to it if somebody else has asked."""
    async with opened_store() as store:
        office = Holds(store)
        known = {one.id: one for one in await office.all()}
        asked = known[hold].release_asked_by if hold in known else None
        if asked is None:
            await office.ask_release(hold, acting(by), typed_by=typed_by())
            out.print(f"Asked. Somebody else has to agree: frontdesk audit hold release {hold}")
            return
        await office.release(hold, acting(by), typed_by=typed_by())
    out.print(f"Released: {plain(hold)}, asked for by {plain(asked)}.")


@holds.command("list")
@command
async def list_(
    released: Annotated[bool, typer.Option("--all", help="Those that were released too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List holds in force, oldest first."""
    async with opened_store() as store:
        found = await Holds(store).all(released=released)
    for one in found:
        if as_json:
            say_json(asdict(one))
            continue
        what = one.person or one.ticket or one.workspace or ""
        state = f"released by {one.released_by}" if one.released_by else "in force"
        out.print(
            f"{one.id}  {one.placed:%Y-%m-%d}  {plain(what)}  {plain(one.reason)}  {plain(state)}"
        )
    if not found and not as_json:
        out.print("Nothing is held.")
