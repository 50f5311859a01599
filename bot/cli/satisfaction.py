"""`frontdesk tickets satisfaction`: what requesters say of whole tickets, by specialist."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot.cli.console import AsJson, command, out, say_json
from bot.cli.opened import opened_store
from storage.doors.satisfaction import BEST, GOOD, Ratings


@command
async def satisfaction(
    days: Annotated[int, typer.Option(min=0, help="Of the last days; 0 for all.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Say how satisfied requesters are, by specialist and version of its plugin."""
    since = datetime.now(UTC) - timedelta(days=days) if days else None
    async with opened_store() as store:
        found = await Ratings(store).summary(since)
    if as_json:
        for one in found:
            say_json(asdict(one))
        return
    if not found:
        out.print("Nobody has rated a ticket yet.")
        return
    table = Table("Specialist", "Version", "Rated", f"Mean of {BEST}", f"{GOOD} or more")
    for one in found:
        names = (Text(one.specialist or "(nobody)"), Text(one.version or ""))
        table.add_row(*names, str(one.rated), f"{one.mean:.2f}", f"{one.satisfied:.0%}")
    out.print(table)
