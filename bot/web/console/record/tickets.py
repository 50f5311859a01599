"""Tickets: the list, and one as lanes."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.web.access.visitor import Anyone, Visitor
from bot.web.console.base import Console, Here
from bot.web.console.nav import Link
from bot.web.console.pager import Page
from bot.web.console.record.lanes import TITLES, steps
from storage.looking import Look
from storage.queries import EntryView, Queries, TicketView
from storage.tables import TicketStatus

router = APIRouter(include_in_schema=False)
LINKS = (Link("Tickets", "/tickets", "ticket"),)

SIZE = 50
TONES = {
    "answered": "good",
    "resolved": "good",
    "waiting_for_staff": "warn",
    "reopened": "warn",
    "waiting_for_requester": "info",
}


@router.get("/tickets")
async def tickets(
    request: Request,
    here: Here,
    visitor: Anyone,
    *,
    status: str = "",
    specialist: str = "",
    after: str = "",
) -> Response:
    """Tickets, newest first."""
    known = {one.value for one in TicketStatus}
    rows = await Queries(here.app.store).tickets(
        status=TicketStatus(status) if status in known else None,
        specialist=specialist or None,
        limit=SIZE + 1,
        after=after or None,
    )
    page = Page.of(rows, SIZE, key=lambda row: row.id)
    found = [row.id for row in page.rows]
    await here.looked(
        visitor, Look.SEARCHED, found, what="tickets", status=status, specialist=specialist
    )
    return here.page(
        request, visitor, "record/tickets.html", page=page, statuses=sorted(known), tones=TONES
    )


@router.get("/tickets/{name}")
async def ticket(
    request: Request, here: Here, visitor: Anyone, name: str, only: str = ""
) -> Response:
    """One ticket as lanes, from the first message to its end."""
    view = await read_ticket(here, visitor, name)
    shown = [one for one in view.entries if not only or one.row.kind == only]
    found = [one.row.id for one in shown]
    await here.looked(visitor, Look.VIEWED, found, ticket=view.row.id)
    decisions = [one for one in view.entries if one.row.kind == "route:decided"]
    return here.page(
        request,
        visitor,
        "record/ticket.html",
        view=view,
        steps=list(steps(shown)),
        lanes=TITLES,
        decisions=decisions,
        cost=sum(one.row.cost_microusd or 0 for one in view.entries),
        tone=TONES.get(view.row.status, "plain"),
    )


async def read_ticket(here: Console, visitor: Visitor, name: str) -> TicketView:
    """A ticket; its texts only for those who may read them.

    Raises:
        NotFound: no ticket, or more than one, goes by this name.
    """
    view = await Queries(here.app.store).ticket(name)
    if visitor.reads_texts:
        return view
    entries = tuple(without_texts(one) for one in view.entries)
    return TicketView(view.row, (), entries)


def without_texts(view: EntryView) -> EntryView:
    """An entry for somebody who may not read what people wrote."""
    return EntryView(view.row, view.leaf, {})
