"""Tickets in a line or two: in lists, and where somebody asks how one stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.slack import escape
from bot.slack.card_look import cut, person
from router.ticket_life import DONE
from storage.cases import TicketLine
from storage.tables import TicketStatus

STANDINGS: Mapping[TicketStatus, str] = {
    TicketStatus.NEW: "just came in",
    TicketStatus.ROUTED: "being worked on",
    TicketStatus.ANSWERED: "answered",
    TicketStatus.WAITING_FOR_REQUESTER: "waits for your answer",
    TicketStatus.WAITING_FOR_STAFF: "in the queue of our staff",
    TicketStatus.REOPENED: "being looked at again",
    TicketStatus.RESOLVED: "resolved",
    TicketStatus.CLOSED: "closed",
}
MOST_QUESTION = 120


def standing(line: TicketLine) -> str:
    """Where a ticket stands, in plain words."""
    if line.owner and line.status not in DONE:
        return f"with {person(line.owner)}"
    return STANDINGS[line.status]


def described(line: TicketLine, titles: Mapping[str, str]) -> str:
    """A ticket in two lines."""
    title = titles.get(line.specialist or "", "")
    team = f" · {escape.label(title)}" if title else ""
    moment = int(line.updated.timestamp())
    shown = f"{line.updated:%Y-%m-%d %H:%M} UTC"
    when = f"<!date^{moment}^{{date_short_pretty}} {{time}}|{shown}>"
    question = escape.escaped(cut(" ".join(line.question.split()), MOST_QUESTION))
    return f"*{line.ticket}* {question}\n{standing(line)}{team} · {when}"


def listed(lines: Sequence[TicketLine], titles: Mapping[str, str]) -> str:
    """Tickets one below the other."""
    return "\n".join(f"• {described(line, titles)}" for line in lines)
