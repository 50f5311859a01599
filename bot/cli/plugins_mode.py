"""`frontdesk plugins mode`: how far a specialist may go, and where."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from bot.cli.console import OK, AsJson, command, out, say_json
from bot.plugins.loader import load_plugins
from bot.plugins.moding import modes_of, rules_of
from bot.plugins.office import open_office, recorded_standing
from bot.plugins.registry import Registry
from bot.settings import Settings, load_settings
from frontdesk import SettingsError
from router.modes import ALL, Mode, ModeRule
from storage.plugins import Standing

Name = Annotated[
    str | None, typer.Argument(help="The specialist's name, or * for all; none to look.")
]
Wanted = Annotated[
    Mode | None, typer.Argument(help="off, shadow (on record only), draft (staff approves), auto.")
]
Workspace = Annotated[str, typer.Option(help="Only in this workspace, by its id in Slack.")]
Channel = Annotated[str, typer.Option(help="Only in this channel of the workspace, by its id.")]


@command
async def mode(
    name: Name = None,
    wanted: Wanted = None,
    workspace: Workspace = "",
    channel: Channel = "",
    as_json: AsJson = False,
) -> int:
    """Say how far a specialist may go; without a mode, show what is in force.

    Specialists of other makers start in draft. What is said here is on record and in force within
    seconds; FRONTDESK_MODES wins where it says as much about the place.
    """
    settings = load_settings()
    registry = await asyncio.to_thread(
        load_plugins, {*settings.disabled_plugins}, settings.plugin_seconds
    )
    if wanted is None:
        _show(settings, registry, await recorded_standing(settings), name, as_json)
        return OK
    if name is None or (name != ALL and name not in registry.specialists):
        raise SettingsError(f"no specialist is called {name!r}; see frontdesk plugins list")
    if channel and not workspace:
        raise SettingsError("a channel needs its workspace: add --workspace")
    rule = ModeRule(name, wanted, workspace, channel)
    async with open_office(settings) as office:
        await office.set_mode(rule)
    out.print(f"{escape(name)} is in mode {wanted}{escape(_where(rule))}.")
    return OK


def _show(
    settings: Settings, registry: Registry, standing: Standing, name: str | None, as_json: bool
) -> None:
    modes = modes_of(settings, standing, registry.specialists)
    shown = [one for one in registry.specialists if name in (None, one)]
    everywhere = {one: str(modes.anywhere(one)) for one in shown}
    rules = [rule for rule in rules_of(settings, standing) if name in (None, ALL, rule.specialist)]
    if as_json:
        found = [
            {
                "specialist": rule.specialist,
                "mode": str(rule.mode),
                "workspace": rule.workspace,
                "channel": rule.channel,
            }
            for rule in rules
        ]
        say_json({"modes": everywhere, "rules": found})
        return
    table = Table("Specialist", "Mode", "Where it is another")
    for one, its in everywhere.items():
        others = [rule for rule in rules if rule.specialist in (ALL, one) and rule.workspace]
        said = "; ".join(f"{rule.mode}{_where(rule)}" for rule in others)
        table.add_row(Text(one), its, Text(said))
    out.print(table)


def _where(rule: ModeRule) -> str:
    place = "/".join(part for part in (rule.workspace, rule.channel) if part)
    return f" in {place}" if place else ""
