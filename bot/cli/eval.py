"""`frontdesk eval DATA`: how good the desk is on labelled data."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.app import think
from bot.cli.console import AsJson, command, err, out, say_json
from bot.evaluation import checks, measures, routing
from bot.evaluation.attacks import through_the_desk
from bot.settings import Settings, load_settings
from frontdesk import FrontdeskError

Data = Annotated[
    Path, typer.Argument(help="A folder of data.", exists=True, file_okay=False, readable=True)
]
Emails = Annotated[
    int, typer.Option(min=0, help="E-mails with attacks for the whole desk, with a key; 0: none.")
]


@command
async def eval_(data: Data, emails: Emails = 50, as_json: AsJson = False) -> None:
    """Measure the desk on labelled data: what it catches, misses, and wrongly objects to.

    DATA may hold the folders grounding, secrets, pii and injection (the checks run on them), sets
    of messages with their departments (the embedded router is fitted to a few and measured on
    others), and files of your own tickets, .csv or .jsonl with id, text and expected (routed to
    the specialists that are installed). With ANTHROPIC_API_KEY, e-mails with hidden attacks go
    through the whole desk too. Nothing is written to your database.
    """
    settings = load_settings()
    err.print("Measuring; this takes a minute or two.")
    found = await asyncio.to_thread(checks.run, data)
    routed = await asyncio.to_thread(_routed, data, settings)
    if settings.anthropic_api_key and emails:
        found += await through_the_desk(data / "injection", settings, emails)
    if not found and not routed:
        raise FrontdeskError(f"{data}: there is nothing in it to measure on; see eval --help")
    _tell(found, routed, as_json=as_json)


def _routed(data: Path, settings: Settings) -> list[routing.Routed]:
    thinking = think(settings)
    try:
        return [
            *routing.routed_tickets(data, thinking.router.embedded),
            *routing.routed_sets(data, thinking.encoder),
        ]
    finally:
        thinking.router.close()


def _tell(found: list[measures.Measured], routed: list[routing.Routed], *, as_json: bool) -> None:
    if as_json:
        for line in found:
            missed = line.bad - line.caught
            say_json({"measured": "check", **asdict(line), "missed": missed})
        for one in routed:
            say_json({"measured": "routing", **routing.figures(one)})
        return
    if found:
        out.print(measures.table(found))
    if routed:
        out.print(routing.summary(routed))
    for one in routed:
        out.print(routing.confusion(one))
