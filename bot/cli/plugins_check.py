"""`frontdesk plugins check`: the report card of one plugin."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.markup import escape

from bot.cli.console import FOUND, OK, AsJson, command, out, say_json
from bot.plugins.admission import as_written
from bot.plugins.loader import load_plugins
from bot.plugins.registry import Registry
from bot.plugins.sources import named_plugin
from bot.settings import load_settings
from frontdesk.testing import Checked, report_card

Which = Annotated[
    str, typer.Argument(help="A folder with a pyproject.toml, or the name of an installed plugin.")
]
Seconds = Annotated[float, typer.Option(min=0.1, help="How long one answer may take.")]
MARKS = {True: "[green]✓[/]", False: "[red]✗[/]"}
Cards = Mapping[str, Sequence[Checked]]


@command
async def check(plugin: Which, seconds: Seconds = 5.0, as_json: AsJson = False) -> int:
    """Check whether a plugin keeps the contract, and print its report card.

    Its specialists are looked at and made to answer: side by side, without a model, on an outage,
    with orders in the texts, cancelled half-way. No desk, database or model is needed. Exit code 1
    if something is wrong.
    """
    candidates = named_plugin(plugin)
    settings = load_settings()
    registry = await asyncio.to_thread(load_plugins, (), settings.plugin_seconds, (), candidates)
    own = [candidate.name for candidate in candidates]
    others = await asyncio.to_thread(load_plugins, own, settings.plugin_seconds)
    names = {*others.specialists, *registry.specialists}
    cards: Cards = {
        name: await asyncio.to_thread(
            report_card, as_written(one.specialist), seconds=seconds, colleagues=names - {name}
        )
        for name, one in registry.specialists.items()
    }
    passed = not registry.quarantined and all(one.passed for card in cards.values() for one in card)
    if as_json:
        say_json({"passed": passed, **_as_json(registry, cards)})
    else:
        _show(registry, cards)
        out.print("[green]All well.[/]" if passed else "[red]Something is wrong; see above.[/]")
    return OK if passed else FOUND


def _show(registry: Registry, cards: Cards) -> None:
    for one in registry.quarantined:
        out.print(f"[red]✗ {escape(one.entry_point)}[/] is not loaded ({one.reason.value})")
        out.print(f"    {escape(one.message)}\n    {escape(one.advice)}")
    for door in registry.doors.values():
        asks = f": asks {door.manifest.door}" if door.manifest.door else ""
        out.print(f"[bold]{escape(door.name)}[/]  {door.kind.value}{escape(asks)}")
    for name, card in cards.items():
        plugin = registry.specialists[name].plugin
        out.print(f"[bold]{escape(name)}[/]  {escape(plugin.distribution)} {plugin.version}")
        for checked in card:
            mark = "[dim]-[/]" if checked.skipped else MARKS[checked.passed]
            out.print(f"  {mark} {checked.promise}")
            for finding in checked.findings:
                out.print(f"      [yellow]{finding.code}[/] {escape(finding.message)}")


def _as_json(registry: Registry, cards: Cards) -> dict[str, Any]:
    return {
        "specialists": {name: [_checked(one) for one in card] for name, card in cards.items()},
        "doors": registry.as_json()["doors"],
        "quarantined": registry.as_json()["quarantined"],
    }


def _checked(checked: Checked) -> dict[str, Any]:
    return {
        "check": checked.name,
        "passed": checked.passed,
        "findings": [{"code": one.code, "message": one.message} for one in checked.findings],
    }
