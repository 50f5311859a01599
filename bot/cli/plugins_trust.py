"""`frontdesk plugins grant` and `revoke`: what a plugin may do beyond answering."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.console import FOUND, OK, command, err, out
from bot.plugins.doors import Door
from bot.plugins.loader import load_plugins
from bot.plugins.office import open_office
from bot.plugins.outside import variable_of
from bot.plugins.permitting import is_granted, is_own
from bot.plugins.registry import Loaded
from bot.settings import Settings, load_settings
from frontdesk import SettingsError
from router.answer.permit import Manifest

Name = Annotated[str, typer.Argument(help="A specialist's or a door's name, as in plugins list.")]
Yes = Annotated[bool, typer.Option("--yes", help="Grant without asking.")]


@command
async def grant(name: Name, yes: Yes = False) -> int:
    """Show what a specialist or a door asks for, and grant it.

    The grant holds for exactly this: when it asks for anything else, it is void until
    you grant it again. It is on record, and in force within seconds.
    """
    settings = load_settings()
    loaded = await asyncio.to_thread(_loaded, settings, name)
    manifest = _manifest(loaded)
    async with open_office(settings) as office:
        if (isinstance(loaded, Loaded) and is_own(loaded)) or not manifest.needs_grant:
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
    out.print(f"Granted and on record (manifest {manifest.digest[:12]}); in force within seconds.")
    return OK


@command
async def revoke(name: Name) -> int:
    """Take back what a specialist was granted. It need not be installed any more."""
    async with open_office(load_settings()) as office:
        was_granted = await office.revoke(name)
    if not was_granted:
        err.print(f"{escape(name)} has no grant.")
        return FOUND
    out.print("Taken back and on record; in force within seconds.")
    return OK


def _loaded(settings: Settings, name: str) -> Loaded | Door:
    registry = load_plugins((), settings.plugin_seconds)
    found = registry.specialists.get(name) or registry.doors.get(name)
    if found is not None:
        return found
    there = ", ".join((*registry.specialists, *registry.doors)) or "none"
    raise SettingsError(f"nothing named {name!r} can be loaded; there are: {there}")


def _manifest(loaded: Loaded | Door) -> Manifest:
    return loaded.manifest if isinstance(loaded, Door) else Manifest.of(loaded.specialist)


def _asked(manifest: Manifest) -> Iterator[str]:
    if manifest.door:
        yield manifest.door
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
    if manifest.microusd:
        yield f"to spend up to ${manifest.microusd / 1_000_000:.2f} on models for one ticket"
