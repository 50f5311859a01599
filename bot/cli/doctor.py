"""`frontdesk doctor`: what is set, from where, and whether everything is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.checkup import check_up
from bot.cli.console import FOUND, OK, AsJson, command, out, say_json
from bot.cli.wording import counted
from bot.doctor import Finding, Health, examine, settings_in_force
from bot.settings import Settings, load_settings

COLOURS = {Health.GOOD: "green", Health.ADVICE: "yellow", Health.BAD: "bold red"}


DEFAULT = "default"
"""What `origin` says of a setting that nobody set."""

All = Annotated[bool, typer.Option("--all", help="Show all settings and what they are for.")]


@command
async def doctor(whole: All = False, as_json: AsJson = False) -> int:
    """Check settings, database, model and plugins, and say what to do.

    Exit code 1 if something has to be mended.
    """
    settings = load_settings()
    findings = [
        *await asyncio.to_thread(lambda: list(examine(settings))),
        *await check_up(settings),
    ]
    if as_json:
        in_force = [
            {"name": name, "value": value, "from": source}
            for name, value, source in settings_in_force(settings)
        ]
        say_json({"settings": in_force, "findings": [one.as_json() for one in findings]})
    else:
        out.print(_settings(settings, whole), soft_wrap=False)
        out.print(_findings(findings), soft_wrap=False)
    return FOUND if any(one.health is Health.BAD for one in findings) else OK


def _settings(settings: Settings, whole: bool) -> RenderableType:
    table = Table("Setting", "In force", "From", box=None, padding=(0, 2, 0, 0))
    if whole:
        table.add_column("What for")
    rows = list(settings_in_force(settings))
    shown = [row for row in rows if whole or row[2] != DEFAULT]
    for name, value, source in shown:
        about = [type(settings).model_fields[name].description or ""] if whole else []
        table.add_row(*map(Text, (name, value, source, *about)))
    if whole:
        return table
    rest = counted(len(rows) - len(shown), "setting")
    hint = Text(f"{rest} as the desk brings them along; --all lists them.\n", style="dim")
    return Group(table, hint) if shown else hint


def _findings(findings: Sequence[Finding]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for one in findings:
        told = Text(f"{one.what}: {one.found}")
        if one.advice:
            told.append(f"\n{one.advice}", style="dim")
        table.add_row(Text(one.health, style=COLOURS[one.health]), told)
    return table
