"""`frontdesk plugins`: what is installed, and what was kept out and why."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from bot.cli.console import FOUND, OK, AsJson, command, err, out, plain, say_json
from bot.cli.group import lazy_group
from bot.plugins.doors import Door
from bot.plugins.loader import load_plugins
from bot.plugins.office import recorded_standing
from bot.plugins.permitting import grant_of, is_granted
from bot.plugins.registry import Registry
from bot.settings import Settings, load_settings
from frontdesk import FrontdeskError
from storage.plugins import Standing

COMMANDS = (
    ("new", "Make a new plugin that works.", "bot.cli.plugins_new:new"),
    ("dev", "Chat with a plugin's sources; changes take effect.", "bot.cli.plugins_dev:dev"),
    ("check", "Check whether a plugin keeps the contract.", "bot.cli.plugins_check:check"),
    ("lint", "Find specialists that overlap.", "bot.cli.plugins_lint:lint"),
    ("grant", "Grant what a plugin asks for.", "bot.cli.plugins_trust:grant"),
    ("revoke", "Take a grant back.", "bot.cli.plugins_trust:revoke"),
    ("run", "Run a command that a plugin brings.", "bot.cli.plugins_run:run"),
    ("mode", "Say how far a specialist may go.", "bot.cli.plugins_mode:mode"),
    ("disable", "Switch a plugin off.", "bot.cli.plugins_switch:disable"),
    ("enable", "Switch a plugin on again.", "bot.cli.plugins_switch:enable"),
    ("remove", "Switch a plugin off and uninstall it.", "bot.cli.plugins_switch:remove"),
)
"""The commands that live in modules of their own: name, purpose, place."""

app = typer.Typer(
    cls=lazy_group(COMMANDS), no_args_is_help=True, help="The specialists that are installed."
)


@app.command("list")
@command
async def list_(as_json: AsJson = False) -> int:
    """List the specialists that loaded, and the plugins that did not, with the reason.

    Exit code 1 if a plugin was kept out because of a fault.
    """
    settings = load_settings()
    standing = await _standing(settings)
    disabled = {*settings.disabled_plugins, *standing.disabled}
    registry = await asyncio.to_thread(
        load_plugins, disabled, settings.plugin_seconds, sources=settings.plugin_sources
    )
    grants = {name: grant_of(one, standing) for name, one in registry.specialists.items()}
    grants |= {name: _door_grant(door, standing) for name, door in registry.doors.items()}
    if as_json:
        say_json({**registry.as_json(), "permissions": grants})
    else:
        show(registry, grants)
    return FOUND if registry.faults else OK


async def _standing(settings: Settings) -> Standing:
    """What operators decided; this command goes on where no database tells."""
    try:
        return await recorded_standing(settings)
    except FrontdeskError as error:
        err.print(f"[yellow]Grants and disabled plugins are not known:[/] {escape(str(error))}")
        return Standing()


def show(registry: Registry, grants: Mapping[str, str]) -> None:
    """Print the registry as tables; `grants` says how each specialist stands."""
    out.print(_loaded(registry, grants))
    if registry.doors:
        out.print(_doors(registry, grants))
    if registry.quarantined:
        out.print(_kept_out(registry))
    for name in registry.unmatched:
        named = plain(repr(name))
        out.print(f"[yellow]FRONTDESK_DISABLED_PLUGINS:[/] nothing installed is called {named}")


def _loaded(registry: Registry, grants: Mapping[str, str]) -> Table:
    table = Table("Name", "Title", "Distribution", "Examples", "Policies", "Permissions", "Digest")
    table.title = "Loaded"
    for one in registry.as_json()["specialists"]:
        table.add_row(
            *map(Text, (one["name"], one["title"], f"{one['distribution']} {one['version']}")),
            str(one["examples"]),
            str(one["policies"]),
            grants[one["name"]],
            one["digest"][:12],
        )
    return table


def _doors(registry: Registry, grants: Mapping[str, str]) -> Table:
    table = Table("Name", "What", "Distribution", "Permissions", "Digest", title="Doors")
    for one in registry.as_json()["doors"]:
        table.add_row(
            *map(Text, (one["name"], one["kind"], f"{one['distribution']} {one['version']}")),
            grants[one["name"]],
            one["digest"][:12],
        )
    return table


def _door_grant(door: Door, standing: Standing) -> str:
    if not door.manifest.needs_grant:
        return "none needed"
    return "granted" if is_granted(door.manifest, standing) else "not granted"


def _kept_out(registry: Registry) -> Table:
    table = Table("Plugin", "Reason", "What happened", "What to do", title="Kept out")
    for one in registry.quarantined:
        table.add_row(*map(Text, (one.entry_point, one.reason.value, one.message, one.advice)))
    return table
