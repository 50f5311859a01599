"""`frontdesk audit drill`: tamper with a copy in every known way, and see what is found."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

import typer
from rich.progress import track
from rich.table import Table
from rich.text import Text

from bot.cli.console import FOUND, OK, AsJson, command, err, out, say_json
from bot.settings import Settings, load_settings
from storage.ledger.drill.run import Drilled, drill, original
from storage.ledger.drill.tamperings import TAMPERINGS, Seen

SHOWN = {
    Seen.ALONE: ("found", "green"),
    Seen.OUTSIDE: ("found from outside only", "yellow"),
    Seen.NOT: ("out of the model", "dim"),
}


def join(app: typer.Typer) -> None:
    """Add the command to `frontdesk audit`."""
    app.command("drill")(drill_)


@command
async def drill_(as_json: AsJson = False) -> int:
    """Tamper with a copy of the log in every known way, and say what verify finds.

    The database and the keys are not touched: a log of up to 5,000 entries in SQLite is copied, for
    any other one is made. "From outside" is with a checkpoint that somebody else has kept. Exit
    code 1 if something was not found that must be.
    """
    settings = load_settings()
    results = await asyncio.to_thread(_drilled, settings, as_json)
    if not as_json:
        out.print(_table(results), soft_wrap=False)
        out.print(_summary(results))
    return OK if all(one.good for one in results) else FOUND


def _drilled(settings: Settings, as_json: bool) -> list[Drilled]:
    found = []
    with original(settings.database_url, settings.keys) as (copy, copied):
        if not as_json:
            err.print("A copy of the log is tampered with." if copied else "A log is made for it.")
        steps = drill(copy)
        shown = steps if as_json else track(steps, "Tampering", len(TAMPERINGS), console=err)
        for one in shown:
            found.append(one)
            if as_json:
                say_json(asdict(one) | {"good": one.good})
    return found


def _table(results: Sequence[Drilled]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("What was done", overflow="fold", ratio=3)
    table.add_column("Seen", no_wrap=True)
    table.add_column("Findings", overflow="fold", ratio=2)
    for one in results:
        says, style = SHOWN[one.seen]
        if not one.good:
            says, style = "MISSED", "bold red"
        codes = ", ".join(one.alone or one.outside)
        table.add_row(Text(one.what), Text(says, style=style), Text(codes, style="dim"))
    return table


def _summary(results: Sequence[Drilled]) -> str:
    counts = {seen: sum(one.seen is seen for one in results) for seen in Seen}
    missed = sum(not one.good for one in results)
    return (
        f"{len(results)} ways to tamper: {counts[Seen.ALONE]} found, {counts[Seen.OUTSIDE]} found "
        f"from outside only, {counts[Seen.NOT]} out of the model, {missed} missed."
    )
