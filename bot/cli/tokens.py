"""`frontdesk tokens`: who may use the API."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from bot.cli.console import USAGE, AsJson, command, err, out, say_json
from bot.cli.opened import opened_store
from bot.plugins.outside import leads_inside
from bot.settings import load_settings
from frontdesk import SettingsError
from frontdesk.permissions import Origin
from router.door_facts import Scope
from storage.doors.tokens import Made, Token, Tokens

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
"""Names stand in lists and files: no spaces, nothing personal needed."""

app = typer.Typer(
    no_args_is_help=True,
    help="Who may use the API: make tokens, list them, make them useless. See docs/api.md.",
)


@app.command()
@command
async def create(  # noqa: PLR0917 - Typer gives them by name
    name: Annotated[str, typer.Argument(help="What you call it, such as `website-form`.")],
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="What it may do; again for more. All if not given."),
    ] = None,
    days: Annotated[int, typer.Option(min=0, help="When it ends; 0 for never.")] = 90,
    workspace: Annotated[str, typer.Option(help="Limit it to one workspace's tickets.")] = "",
    callback: Annotated[str, typer.Option(help="Where answers go, as https://…")] = "",
    as_json: AsJson = False,
) -> int | None:
    """Make a token. It is shown once, and so is the secret that signs its callbacks."""
    if not NAME.fullmatch(name):
        err.print("The name: small letters, digits, dots and dashes, at most 63.")
        return USAGE
    _check(callback)
    expires = datetime.now(UTC) + timedelta(days=days) if days else None
    async with opened_store() as store:
        made = await Tokens(store).create(
            name, scope or list(Scope), expires=expires, workspace=workspace, callback=callback
        )
    if as_json:
        say_json(_as_json(made.about) | {"token": made.token, "signing_secret": made.secret})
    else:
        _print(made)
    return None


@app.command("list")
@command
async def list_(as_json: AsJson = False) -> None:
    """List all tokens, also those that are of no use any more. Tokens themselves are not kept."""
    async with opened_store() as store:
        tokens = await Tokens(store).all()
    if as_json:
        for token in tokens:
            say_json(_as_json(token))
        return
    table = Table("Id", "Name", "Scopes", "Workspace", "Callback", "Ends", "State", title="Tokens")
    for one in tokens:
        ends = f"{one.expires:%Y-%m-%d}" if one.expires else "never"
        texts = (one.id, one.name, ", ".join(one.scopes), one.workspace, one.callback)
        table.add_row(*map(Text, texts), ends, _state(one))
    out.print(table)


@app.command()
@command
async def revoke(
    name: Annotated[str, typer.Argument(help="Its id, or its name.")], as_json: AsJson = False
) -> None:
    """Make a token useless at once. What came in by it stays."""
    async with opened_store() as store:
        token = await Tokens(store).revoke(name)
    if as_json:
        say_json(_as_json(token))
    else:
        out.print(f"The token {token.id} ({token.name}) is revoked.")


def _check(callback: str) -> None:
    if not callback:
        return
    hosts = load_settings().callback_private_hosts
    try:
        origin = Origin.of(callback)
    except ValueError as error:
        raise SettingsError(f"--callback: {error}") from error
    plain = origin.scheme != "https" and origin.host not in hosts
    if plain or leads_inside(origin.host, hosts):
        raise SettingsError(
            "--callback: give a public address, as https://…; hosts of your own network are named "
            "in FRONTDESK_CALLBACK_PRIVATE_HOSTS"
        )


def _print(made: Made) -> None:
    scopes = ", ".join(made.about.scopes)
    out.print(f"Token {made.about.id} for {made.about.name}; it may: {scopes}")
    out.print("Keep these two now, they are not shown again:\n")
    out.print(Text(f"  {made.token}", style="bold"), soft_wrap=True)
    out.print(Text(f"  {made.secret}", style="bold"), soft_wrap=True)
    out.print("\nThe first goes into `Authorization: Bearer …`, the second proves callbacks.")


def _state(token: Token) -> str:
    return token.refusal(datetime.now(UTC)) or "in use"


def _as_json(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "workspace": token.workspace,
        "callback": token.callback,
        "created": token.created.isoformat(),
        "expires": token.expires.isoformat() if token.expires else None,
        "revoked": token.revoked.isoformat() if token.revoked else None,
        "state": _state(token),
    }
