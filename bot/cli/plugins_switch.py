"""`frontdesk plugins disable`, `enable` and `remove`.

They import nothing of any plugin, so they work on one that breaks everything else.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.console import COULD_NOT_RUN, FOUND, OK, command, err, out
from bot.plugins.discovery import OWN_DISTRIBUTION, discover, normalized
from bot.plugins.office import open_office
from bot.settings import load_settings
from frontdesk import SettingsError

Name = Annotated[
    str, typer.Argument(help="The name of an entry point, a package or a single specialist.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Uninstall without asking.")]


@command
async def disable(name: Name) -> int:
    """Switch a plugin off, also one that cannot be imported; in force within seconds."""
    async with open_office(load_settings()) as office:
        was_on = await office.disable(name)
    out.print(f"{escape(name)} is off." if was_on else f"{escape(name)} was off already.")
    return OK


@command
async def enable(name: Name) -> int:
    """Switch a plugin on again that was switched off with disable."""
    async with open_office(load_settings()) as office:
        was_off = await office.enable(name)
    if was_off:
        out.print(f"{escape(name)} is on. If it was off when the desk started, start it again.")
        return OK
    err.print(f"{escape(name)} was not switched off here; see FRONTDESK_DISABLED_PLUGINS.")
    return FOUND


@command
async def remove(name: Name, yes: Yes = False) -> int:
    """Switch a plugin off, take its grants back and uninstall its package with pip."""
    distribution, specialists = _installed(name)
    question = f"Uninstall {distribution}, with its plugins {', '.join(specialists)}?"
    if not yes and not typer.confirm(question, default=False):
        err.print("Nothing was removed.")
        return FOUND
    async with open_office(load_settings()) as office:
        await office.disable(distribution)
    problem = await _uninstalled(distribution)
    if problem:
        err.print(f"pip could not uninstall it; it is switched off.\n{escape(problem)}")
        return COULD_NOT_RUN
    out.print(f"{escape(distribution)} is uninstalled, and off should it come back.")
    return OK


async def _uninstalled(distribution: str) -> str:
    """Uninstall a package; give what pip had against it, empty if it is gone."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "uninstall", "--yes")
    running = await asyncio.create_subprocess_exec(
        *pip, distribution, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await running.communicate()
    return said.decode(errors="replace") if running.returncode else ""


def _installed(name: str) -> tuple[str, list[str]]:
    """The package that a name means, and the entry points that go with it."""
    candidates, unreadable = discover()
    packages = {one.distribution for one in candidates if one.name == name}
    known = {one.distribution for one in candidates} | {one.distribution for one in unreadable}
    packages |= {one for one in known if normalized(one) == normalized(name)}
    if not packages:
        raise SettingsError(f"no plugin named {name!r} is installed; see frontdesk plugins list")
    distribution = sorted(packages)[0]
    if normalized(distribution) == OWN_DISTRIBUTION:
        advice = f"switch it off with: frontdesk plugins disable {name}"
        raise SettingsError(f"{name} ships with the desk; {advice}")
    return distribution, [one.name for one in candidates if one.distribution == distribution]
