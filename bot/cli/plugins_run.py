"""`frontdesk plugins run`: commands that plugins bring."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot.cli.console import OK, command, err, out
from bot.plugins.doors import Door, DoorKind
from bot.plugins.loader import load_plugins
from bot.plugins.office import recorded_standing
from bot.settings import load_settings
from frontdesk import SettingsError

Name = Annotated[str | None, typer.Argument(help="The command's name; none to list them.")]
Given = Annotated[list[str] | None, typer.Argument(help="What is given to it, after `--`.")]


@command
async def run(name: Name = None, given: Given = None) -> int:
    """Run a command that a plugin brings; its exit code is this one's. Without a name, list them.

    What follows the name goes to it as it is; put `--` before what begins with a dash.
    """
    settings = load_settings()
    standing = await recorded_standing(settings)
    disabled = {*settings.disabled_plugins, *standing.disabled}
    registry = await asyncio.to_thread(
        load_plugins, disabled, settings.plugin_seconds, sources=settings.plugin_sources
    )
    commands = {
        door.name: door for door in registry.doors.values() if door.kind is DoorKind.COMMAND
    }
    if name is None:
        _list(commands)
        return OK
    if name not in commands:
        there = ", ".join(commands) or "none"
        raise SettingsError(f"no plugin brings a command {name!r}; there are: {there}")
    code = await asyncio.to_thread(commands[name].offered.run, tuple(given or ()))
    return code if isinstance(code, int) else OK


def _list(commands: dict[str, Door]) -> None:
    if not commands:
        err.print("No plugin that is installed brings a command.")
        return
    table = Table("Command", "What it does", "Distribution")
    for door in commands.values():
        plugin = f"{door.plugin.distribution} {door.plugin.version}"
        table.add_row(*map(Text, (door.name, str(door.offered.help), plugin)))
    out.print(table)
