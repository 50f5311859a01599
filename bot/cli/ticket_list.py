"""How tickets look in the terminal: lists, and what is known of one besides its messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rich.table import Table
from rich.text import Text

from router.ticket_life import DONE
from router.ticket_wording import length
from storage.ticket_queries import ClockView, Life, LivingTicket


def table(tickets: Sequence[LivingTicket], now: datetime) -> Table:
    """Tickets, one a row."""
    made = Table(
        *("Ticket", "Opened", "Status", "Priority", "Specialist", "Who", "Due", "From"),
        title="Tickets",
    )
    for one in tickets:
        row, life = one.row, one.life
        made.add_row(
            row.id,
            f"{row.opened:%Y-%m-%d %H:%M}",
            row.status.replace("_", " "),
            life.priority,
            Text(row.specialist or ""),
            Text(" ".join(filter(None, (life.assignee, life.group)))),
            "" if row.status in DONE else Text(_due(life, now)),
            Text(row.source),
        )
    return made


def lines(life: Life, now: datetime) -> Iterator[Text]:
    """What is known of a ticket besides its messages, a line each; what is not is left out."""
    yield Text(f"Priority {life.priority}, urgency {life.urgency}")
    if life.assignee or life.group:
        yield Text(f"Assigned to {' '.join(filter(None, (life.assignee, life.group)))}")
    if life.resolution:
        yield Text(f"Resolved: {life.resolution.replace('_', ' ')}")
    if life.reopened:
        yield Text(f"Reopened {life.reopened} times")
    if life.tags:
        yield Text(f"Tags: {', '.join(life.tags)}")
    for link in life.links:
        to = f"{link.link.replace('_', ' ')} {link.other}"
        yield Text(to if link.from_here else f"{link.other} is {link.link.replace('_', ' ')} this")
    for clock in life.clocks:
        yield Text(f"{clock.target.replace('_', ' ').capitalize()}: {_clock(clock, now)}")


def _due(life: Life, now: datetime) -> str:
    dues = [clock.due for clock in life.clocks if clock.due]
    if not dues:
        return ""
    first = min(dues)
    return f"{first:%Y-%m-%d %H:%M}{' late' if first <= now else ''}"


def _clock(clock: ClockView, now: datetime) -> str:
    late = ", breached" if clock.breached else ""
    if clock.ended:
        return f"after {length(clock.used)} of {length(clock.allowed)}{late}"
    if clock.due is None:
        return f"the clock stands at {length(clock.used)}{late}"
    left = clock.due - now
    when = f"{clock.due:%Y-%m-%d %H:%M} UTC"
    return f"{'was' if left < timedelta(0) else 'is'} due {when}{late}"
