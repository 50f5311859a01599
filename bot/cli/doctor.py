"""`frontdesk doctor`: what is set, from where, and whether everything is there."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from bot.cli.console import FOUND, OK, AsJson, command, out, say_json
from bot.doctor import Finding, Health, examine, settings_in_force
from bot.settings import Settings, load_settings

COLOURS = {Health.GOOD: "green", Health.ADVICE: "yellow", Health.BAD: "bold red"}


@command
async def doctor(as_json: AsJson = False) -> int:
    """Check settings, database, model and plugins, and say what to do.

    Exit code 1 if something has to be mended.
    """
    settings = load_settings()
    findings = list(examine(settings))
    if as_json:
        in_force = [
            {"name": name, "value": value, "from": source}
            for name, value, source in settings_in_force(settings)
        ]
        say_json({"settings": in_force, "findings": [one.as_json() for one in findings]})
    else:
        show(settings, findings)
    return FOUND if any(one.health is Health.BAD for one in findings) else OK


def show(settings: Settings, findings: list[Finding]) -> None:
    """Print the settings in force and what was found."""
    table = Table("Setting", "In force", "From", title="Settings")
    for row in settings_in_force(settings):
        table.add_row(*map(Text, row))
    out.print(table)
    for one in findings:
        mark = Text(f"{one.health:>6}  ", style=COLOURS[one.health])
        out.print(mark + Text(f"{one.what}: {one.found}"))
        if one.advice:
            out.print(Text(f"        {one.advice}", style="dim"))
