"""`frontdesk slack`: making the app in Slack."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from bot.cli.console import AsJson, command, say_json
from bot.slack.manifest import Variant, manifest, scopes

app = typer.Typer(no_args_is_help=True, help="The app in Slack.")

Host = Annotated[str, typer.Option(help="Where Slack reaches the desk, as https://desk.example.")]
Socket = Annotated[bool, typer.Option("--socket", help="Socket Mode: no public address needed.")]
Group = Annotated[
    bool, typer.Option("--staff-group", help="Staff are a user group, not the triage channel.")
]
Public = Annotated[bool, typer.Option("--public-triage", help="The triage channel is public.")]
Rotation = Annotated[bool, typer.Option("--token-rotation", help="Tokens expire and are renewed.")]


@app.command("manifest")
@command
async def print_manifest(
    host: Host = "",
    socket: Socket = False,
    staff_group: Group = False,
    public_triage: Public = False,
    token_rotation: Rotation = False,
) -> None:
    """Print the manifest to paste at https://api.slack.com/apps, "From a manifest".

    Without --host it is for Socket Mode.
    """
    if socket and host:
        raise typer.BadParameter("Socket Mode needs no host: leave one of them out")
    variant = Variant(host, staff_group, public_triage, token_rotation)
    sys.stdout.write(json.dumps(manifest(variant), indent=2, ensure_ascii=False) + "\n")


@app.command("scopes")
@command
async def print_scopes(
    staff_group: Group = False, public_triage: Public = False, as_json: AsJson = False
) -> None:
    """Say what the app asks for, and why."""
    wanted = scopes(Variant(staff_group=staff_group, public_triage=public_triage))
    if as_json:
        say_json(wanted)
        return
    for scope, reason in wanted.items():
        sys.stdout.write(f"{scope:20}{reason}\n")
