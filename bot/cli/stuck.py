"""`frontdesk tickets stuck`: what waits for longer than it should, and what to do about it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot.cli.console import FOUND, OK, AsJson, command, out, say_json
from bot.cli.opened import opened_store
from bot.cli.wording import lasted
from bot.settings import load_settings
from storage.stuck import Kind, Stuck, stuck
from storage.tables import TurnState

ADVICE = {
    Kind.POST: "its turn has ended, but Slack never took the answer: tell the requester yourself",
    Kind.CLAIM: "its process is silent; a worker takes it over within seconds: is one running?",
    Kind.NOTICE: "is `frontdesk clock` running? if it is, what Slack said is above",
    Kind.CARD: "staff do not see it: is `frontdesk clock` running, and the bot in the channel of "
    "FRONTDESK_SLACK_TRIAGE_CHANNEL?",
    Kind.REPLY: "what a person wrote is not visible: is `frontdesk clock` running?",
    Kind.ENTRIES: "no checkpoint is signed: is `frontdesk clock` running? then `frontdesk doctor`",
}
"""What to do, by what it is."""

PENDING = "nobody has begun it: is `frontdesk worker` running? `frontdesk doctor` says who is alive"
BEGUN = "it was begun and fails, or its process died: look for its id in the worker's log"

Minutes = Annotated[
    float | None,
    typer.Option("--minutes", min=0, help="How long is too long; FRONTDESK_STUCK_SECONDS if not."),
]


@command
async def show_stuck(minutes: Minutes = None, as_json: AsJson = False) -> int:
    """Show what waits for longer than it should: turns, posts, claims, cards, notices, entries.

    Says for each what to do. Exit code 1 if there is any.
    """
    limit = load_settings().stuck_seconds if minutes is None else minutes * 60
    async with opened_store() as store:
        found = await stuck(store, time.time_ns() // 1000, limit)
    if as_json:
        for one in found:
            say_json({**asdict(one), "advice": advice(one)})
    elif found:
        out.print(_table(found), soft_wrap=False)
    else:
        out.print(f"Nothing has waited for more than {lasted(limit)}.")
    return FOUND if found else OK


def advice(one: Stuck) -> str:
    """What to do about it."""
    if one.kind is Kind.TURN:
        return PENDING if one.state == TurnState.PENDING else BEGUN
    return ADVICE[one.kind]


def _table(found: Sequence[Stuck]) -> Table:
    table = Table("What", "Ticket", "For", "State", "What to do", title="Stuck")
    for one in found:
        cells = (f"{one.kind} {one.name}", one.ticket, lasted(one.seconds), one.state, advice(one))
        table.add_row(*map(Text, cells))
    return table
