"""`frontdesk sla`: how deadlines were kept."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.cli.console import FOUND, OK, AsJson, command, out, say_json
from bot.cli.opened import opened_store
from bot.settings import load_settings
from router.ticket_wording import length
from storage.sla_report import Answers, Kept, sla_report

app = typer.Typer(no_args_is_help=True, help="Deadlines, and how they were kept.")


@app.callback()
def _group() -> None:
    """Keep `report` a command of its own, as others will stand beside it."""


@app.command()
@command
async def report(
    days: Annotated[float, typer.Option(min=0, help="Tickets opened in so many days.")] = 30,
    workspace: Annotated[str | None, typer.Option(help="Only this workspace's.")] = None,
    specialist: Annotated[str | None, typer.Option(help="Only this specialist's.")] = None,
    as_json: AsJson = False,
) -> int:
    """Say how deadlines were kept; exit code 1 if tickets are past theirs now.

    Times are business time. The desk's own answers are told apart: they are no person's first
    response.
    """
    since = datetime.now(UTC) - timedelta(days=days)
    rules_of = load_settings().sla.of
    async with opened_store() as store:
        found = await sla_report(store, since, rules_of, workspace=workspace, specialist=specialist)
    if as_json:
        say_json(
            {
                "since": since,
                "targets": [_plain(asdict(one)) for one in found.kept],
                "desk": _plain(asdict(found.by_the_desk)),
            }
        )
    else:
        out.print(_table(found.kept) if found.kept else "No ticket in this time has a clock.")
        out.print(_desk(found.by_the_desk))
    return FOUND if any(one.late for one in found.kept) else OK


def _table(kept: tuple[Kept, ...]) -> Table:
    table = Table(
        *("Target", "Priority", "Allowed", "Tickets", "Met", "Breached", "Late now"),
        *("Running", "Paused", "Median", "p90"),
        title="Deadlines",
    )
    for one in kept:
        counts = (one.tickets, one.met, one.breached, one.late, one.running, one.paused)
        table.add_row(
            one.target.replace("_", " "),
            one.priority,
            length(one.allowed),
            *map(str, counts),
            _length(one.median),
            _length(one.p90),
        )
    return table


def _desk(answers: Answers) -> str:
    if not answers.answered:
        return "The desk has answered none of them."
    return (
        f"The desk answered {answers.answered} of {answers.tickets}, "
        f"{answers.without_a_person} without a person; median {_length(answers.median)}, "
        f"p90 {_length(answers.p90)} after the first message."
    )


def _length(span: timedelta | None) -> str:
    if span is None:
        return ""
    seconds = span.total_seconds()
    return f"{seconds:.0f} s" if seconds < 60 else length(span)  # noqa: PLR2004 - one minute


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Lengths of time as seconds."""
    return {
        name: value.total_seconds() if isinstance(value, timedelta) else value
        for name, value in fields.items()
    }
