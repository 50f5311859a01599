"""`frontdesk plugins lint`: whether the installed specialists get in each other's way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from bot.cli.console import FOUND, OK, AsJson, command, out, say_json
from bot.plugins.loader import load_plugins
from bot.settings import Settings, load_settings
from router.classify.embedded import EmbeddedRouter
from router.classify.encoder import load_encoder
from router.classify.lint import Concern, concerns
from router.classify.profiles import profile_of
from router.classify.report import FitReport

SHOWN = 70
"""Characters of an example in a table."""


@command
async def lint(as_json: AsJson = False) -> int:
    """Say where specialists overlap, with the figures and what to do about it.

    Each example is routed as if it were unknown. One that goes to somebody else is listed; many of
    them, descriptions of the same field, messages that two claim and thin descriptions are
    concerns. Exit code 1 if there is a concern.
    """
    report, found = await asyncio.to_thread(_judged, load_settings())
    if as_json:
        say_json({"concerns": [asdict(one) for one in found], "fit": asdict(report)})
    else:
        _show(report, found)
    return FOUND if found else OK


def _judged(settings: Settings) -> tuple[FitReport, Sequence[Concern]]:
    registry = load_plugins(settings.disabled_plugins, settings.plugin_seconds)
    profiles = [profile_of(one.specialist) for one in registry.specialists.values()]
    encoder = load_encoder(settings.cache)
    report = EmbeddedRouter(encoder, profiles, cache=settings.cache).report()
    return report, concerns(profiles, report, encoder)


def _show(report: FitReport, found: Sequence[Concern]) -> None:
    fits = Table("Specialist", "Examples", "Find their way", title="Examples, each held out")
    for fit in report.specialists:
        fits.add_row(Text(fit.name), str(fit.examples), f"{fit.accuracy:.0%}")
    out.print(fits)
    if report.confusions:
        astray = Table("Example", "Of", "Goes to", "Score", "Own", title="Go to somebody else")
        for one in report.confusions:
            names = (one.example[:SHOWN], one.specialist, one.taken_for)
            astray.add_row(*map(Text, names), f"{one.other:.2f}", f"{one.own:.2f}")
        out.print(astray)
    for concern in found:
        out.print(f"[yellow]{concern.code}[/] {escape(concern.message)}")
        for example in concern.examples:
            out.print(f"    “{escape(example[:SHOWN])}”")
        out.print(f"    {escape(concern.suggestion)}")
    if not found:
        out.print("[green]Nobody gets in anybody's way.[/]")
