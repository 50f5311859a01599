"""`frontdesk audit retention`: texts whose time is over."""

from __future__ import annotations

from dataclasses import asdict

import typer

from bot.cli.console import AsJson, command, out, say_json
from bot.cli.opened import opened_store
from bot.settings import load_settings
from storage.conversations import microseconds
from storage.database import SystemClock
from storage.privacy import retention as rules
from storage.privacy.retention import CLASSES, RetentionPlan

retention = typer.Typer(no_args_is_help=True, help="How long texts are kept, class by class.")


@retention.command()
@command
async def plan(as_json: AsJson = False) -> None:
    """Say how long each class is kept, and what is past its time. Nothing is changed."""
    settings = load_settings()
    days = rules.days_of(settings.retention_days, settings.retention)
    async with opened_store() as store:
        found = await rules.plan(store, microseconds(SystemClock().now()), days)
    _print(found, as_json, "due")


@retention.command()
@command
async def apply(as_json: AsJson = False) -> None:
    """Erase what is past its time, with an entry that says so. The running desk does it daily."""
    settings = load_settings()
    days = rules.days_of(settings.retention_days, settings.retention)
    async with opened_store() as store:
        done = await rules.apply(store, days)
    _print(done, as_json, "erased")


def _print(found: RetentionPlan, as_json: bool, word: str) -> None:
    if as_json:
        say_json(asdict(found))
        return
    for name, days in found.days.items():
        out.print(f"{name:<9} {days:>5} days  {found.due.get(name, 0):>8} {word}  {CLASSES[name]}")
    if found.held:
        out.print(f"{found.held} more are past their time and held.")
