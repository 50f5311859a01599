"""`frontdesk plugins grant` and `revoke`: what a plugin may do beyond answering."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.console import FOUND, OK, command, err, out
from bot.plugins.loader import load_plugins
from bot.plugins.office import open_office
from bot.plugins.outside import variable_of
from bot.plugins.permitting import is_granted, is_own
from bot.plugins.registry import Loaded
from bot.settings import Settings, load_settings
from frontdesk import SettingsError
from router.answer.permit import Manifest

Name = Annotated[str, typer.Argument(help="The specialist's name, as in frontdesk plugins list.")]
Yes = Annotated[bool, typer.Option("--yes", help="Grant without asking.")]


@command
async def grant(name: Name, yes: Yes = False) -> int:
    """Show what a specialist asks for, and grant it.

    The grant holds for exactly this: when the specialist asks for anything else, it is void until
    you grant it again. It is on record, and in force when the desk is started again.
    """
    settings = load_settings()
    loaded = await asyncio.to_thread(_loaded, settings, name)
    manifest = Manifest.of(loaded.specialist)
    async with open_office(settings) as office:
        if is_own(loaded) or not manifest.needs_grant:
            out.print(f"{escape(name)} asks for nothing that has to be granted.")
            return OK
        if is_granted(manifest, await office.standing()):
            out.print(f"{escape(name)} has this grant already.")
            return OK
        plugin = loaded.plugin
        out.print(f"[bold]{escape(name)}[/] ({escape(plugin.distribution)} {plugin.version}) asks")
        for line in _asked(manifest):
            out.print(f"  - {escape(line)}")
        if not yes and not typer.confirm("Grant all of this?", default=False):
            err.print("Nothing was granted.")
            return FOUND
        await office.grant(manifest, plugin)
    out.print(f"Granted and on record (manifest {manifest.digest[:12]}). Start the desk again.")
    return OK


@command
async def revoke(name: Name) -> int:
    """Take back what a specialist was granted. It need not be installed any more."""
    async with open_office(load_settings()) as office:
        was_granted = await office.revoke(name)
    if not was_granted:
        err.print(f"{escape(name)} has no grant.")
        return FOUND
    out.print("Taken back and on record. Start the desk again.")
    return OK


def _loaded(settings: Settings, name: str) -> Loaded:
    registry = load_plugins((), settings.plugin_seconds)
    if name in registry.specialists:
        return registry.specialists[name]
    there = ", ".join(registry.specialists) or "none"
    raise SettingsError(f"no specialist named {name!r} can be loaded; there are: {there}")


def _asked(manifest: Manifest) -> Iterator[str]:
    for host in manifest.hosts:
        yield f"to reach {host}"
    for secret in manifest.secrets:
        yield f"to use the secret {secret} (from {variable_of(secret)})"
    for tool in manifest.changes:
        yield f"to propose the tool {tool}, which changes something; a person confirms each use"
    if manifest.thread == "all":
        yield "to read what staff and bystanders wrote in the thread"
    if manifest.handoff:
        yield "to hand matters over to other specialists"
