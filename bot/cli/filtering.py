"""Options that say which entries are meant, for the commands that find or export some."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from storage.search.when import HELP, span

When = Annotated[str | None, typer.Option(help=f"Roughly when: {HELP}.")]
Since = Annotated[str | None, typer.Option(help="From then on.")]
Until = Annotated[str | None, typer.Option(help="Up to then.")]
OfTicket = Annotated[str | None, typer.Option("--ticket", help="Of this ticket.")]
OfKind = Annotated[
    str | None, typer.Option("--kind", help="route:decided, or route for all of it.")
]
ByActor = Annotated[str | None, typer.Option("--actor", help="plugin:billing, human:…, operator:…")]
OfSpecialist = Annotated[str | None, typer.Option("--specialist", help="About this specialist.")]
WithOutcome = Annotated[
    str | None, typer.Option("--outcome", help="replied, escalated, revise, block …")
]
InChannel = Annotated[str | None, typer.Option("--channel", help="In this channel.")]
InWorkspace = Annotated[str | None, typer.Option("--workspace", help="In this workspace.")]
AboutPerson = Annotated[
    str | None, typer.Option("--person", help="Texts that concern this person: slack:U123.")
]

_MICRO = 1_000_000
_BP = 10_000


def times(
    when: str | None, since: str | None, until: str | None
) -> tuple[datetime | None, datetime | None]:
    """From when on and up to when, of all that was said about it.

    Raises:
        StoreError: nobody can tell what is meant.
    """
    now = datetime.now(UTC)
    begin, end = span(when, now) if when else (None, None)
    if since:
        begin = span(since, now)[0]
    if until:
        end = span(until, now)[1]
    return begin, end


def basis_points(share: float | None) -> int | None:
    """A share of one in hundredths of a percent."""
    return None if share is None else round(share * _BP)


def micro_dollars(dollars: float | None) -> int | None:
    """Dollars in millionths."""
    return None if dollars is None else round(dollars * _MICRO)
