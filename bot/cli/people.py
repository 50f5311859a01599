"""`frontdesk people`: who gets in at the console, and as what. Every change is on record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from rich.table import Table

from bot.cli.console import FOUND, OK, AsJson, command, err, out, plain, say_json
from bot.settings import Settings, load_settings
from bot.web.access.welcome import link
from frontdesk import SettingsError
from storage.database import open_store
from storage.people.accounts import LOCAL, OPERATOR, SLACK, Accounts, Person
from storage.people.roles import Role

app = typer.Typer(no_args_is_help=True, help="Who gets in at the console, and as what.")

Name = Annotated[
    str, typer.Argument(help="A name for a local account, or slack:TEAM/USER by Slack's ids.")
]
Roles = Annotated[
    list[Role], typer.Option("--role", help="Give it more than once for several roles.")
]


@app.command()
@command
async def invite(name: Name, role: Roles) -> int:
    """Let somebody in with roles, and print a link that signs them in once, within an hour."""
    settings = load_settings()
    async with _open_accounts(settings) as accounts:
        person = await _granted(accounts, name, role)
        word = await accounts.new_link(person.ref, by=OPERATOR)
    out.print(f"{plain(person.name)} may come in as {_roles(person)}. This link works once:")
    out.print(plain(link(settings, word)), soft_wrap=True)
    return OK


@app.command()
@command
async def grant(name: Name, role: Roles) -> int:
    """Set the roles of somebody: these and no others. Somebody new may sign in with Slack then."""
    async with _open_accounts(load_settings()) as accounts:
        person = await _granted(accounts, name, role)
    out.print(f"{plain(person.name)} may come in as {_roles(person)}.")
    return OK


@app.command()
@command
async def revoke(name: Name) -> int:
    """Let somebody in no more, and end their sessions at once."""
    async with _open_accounts(load_settings()) as accounts:
        ref, _, shown = _account(accounts, name)
        done = await accounts.revoke(ref, by=OPERATOR)
    if not done:
        err.print(f"{plain(shown)} had no role.")
        return FOUND
    out.print(f"{plain(shown)} gets in no more.")
    return OK


@app.command("list")
@command
async def list_(as_json: AsJson = False) -> None:
    """List who may come in."""
    async with _open_accounts(load_settings()) as accounts:
        people = await accounts.all()
    if as_json:
        for one in people:
            say_json(
                {"name": one.name, "source": one.source, "roles": sorted(one.roles), "ref": one.ref}
            )
        return
    out.print(_table(people) if people else "Nobody may come in yet: frontdesk people invite.")


async def _granted(accounts: Accounts, name: str, roles: Sequence[Role]) -> Person:
    ref, source, shown = _account(accounts, name)
    known = await accounts.find(ref)
    return await accounts.grant(ref, source, known.name if known else shown, roles, by=OPERATOR)


def _account(accounts: Accounts, name: str) -> tuple[str, str, str]:
    """The reference, the source and the shown name of somebody.

    Raises:
        SettingsError: it begins like a name in Slack and is none.
    """
    if not name.startswith(f"{SLACK}:"):
        return accounts.ref(LOCAL, "", name.strip().casefold()), LOCAL, name.strip()
    team, slash, user = name.removeprefix(f"{SLACK}:").partition("/")
    if not (team and slash and user):
        raise SettingsError(f"{name!r} names nobody in Slack: write it as slack:T0123/U0456")
    return accounts.ref(SLACK, team, user), SLACK, user


def _roles(person: Person) -> str:
    return ", ".join(sorted(person.roles))


def _table(people: Sequence[Person]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("name", "from", "roles", "last seen (UTC)"):
        table.add_column(column)
    for one in people:
        seen = f"{one.seen:%Y-%m-%d %H:%M}" if one.seen else "never"
        table.add_row(plain(one.name), one.source, _roles(one) or "none any more", seen)
    return table


@asynccontextmanager
async def _open_accounts(settings: Settings) -> AsyncIterator[Accounts]:
    store = await asyncio.to_thread(open_store, settings.database_url, settings.keys)
    try:
        yield Accounts(store)
    finally:
        await store.close()
