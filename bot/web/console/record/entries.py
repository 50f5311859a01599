"""One entry: a decision as the card that answers why, anything else with all that it holds."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.cli.story import told
from bot.web.access.visitor import Anyone, Visitor
from bot.web.console.base import Console, Here
from bot.web.console.record.lanes import TITLES, lane_of
from bot.web.console.record.since import newer
from bot.web.console.record.tickets import read_ticket, without_texts
from bot.web.console.record.why import why
from router.classify.profiles import texts_by_digest
from storage.facts import AUDIT, DESK
from storage.looking import Look
from storage.overview.artifacts import content, known_digests
from storage.overview.places import in_place
from storage.queries import EntryView, Queries
from storage.reviews.service import Reviews

router = APIRouter(include_in_schema=False)

WAYS = {
    "rule": "a rule",
    "reply_to_question": "the requester's answer to a question",
    "sticky": "who had the thread before",
    "embedded": "likeness to known examples",
    "agent": "a language model",
    "handoff": "another specialist",
    "human": "a person",
}
"""The ways of deciding, as people call them."""


@router.get("/entries/{name}")
async def entry(request: Request, here: Here, visitor: Anyone, name: str) -> Response:
    """One entry."""
    view = await Queries(here.app.store).entry(name)
    if not visitor.reads_texts or await Reviews(here.app.store).sealed([view.row.id], visitor.ref):
        view = without_texts(view)
    await here.looked(visitor, Look.VIEWED, [view.row.id], entry=view.row.id)
    if view.row.kind == "route:decided":
        return await _decision(request, here, visitor, view)
    return here.page(
        request,
        visitor,
        "record/entry.html",
        view=view,
        tale=told(view),
        lane=TITLES[lane_of(view)],
        place=await in_place(here.app.store, view.row.id),
        leaf=_pretty(view),
        of_ticket=view.row.ticket not in (DESK, AUDIT),
    )


@router.get("/entries/{name}/raw")
async def raw(request: Request, here: Here, visitor: Anyone, name: str) -> Response:
    """One entry as it was hashed, and its place in the log."""
    view = await Queries(here.app.store).entry(name)
    await here.looked(visitor, Look.VIEWED, [view.row.id], entry=view.row.id)
    return here.page(
        request,
        visitor,
        "record/raw.html",
        view=view,
        place=await in_place(here.app.store, view.row.id),
        leaf=_pretty(view),
    )


async def _decision(request: Request, here: Console, visitor: Visitor, view: EntryView) -> Response:
    ticket = await read_ticket(here, visitor, view.row.ticket)
    card = why(view, ticket.entries)
    place = await in_place(here.app.store, view.row.id)
    digests = {one.digest for one in card.in_force} | {place.config_digest}
    digests |= {one.leaf["body"]["params_digest"] for one in card.calls}
    learned = await content(here.app.store, card.decision["examples_digest"])
    return here.page(
        request,
        visitor,
        "record/decision.html",
        why=card,
        ticket=ticket,
        place=place,
        known=await known_digests(here.app.store, digests),
        newer=await newer(here.app.store, card.in_force, place.config_digest),
        told=told,
        ways=WAYS,
        examples=texts_by_digest(learned[1]) if learned else {},
    )


def _pretty(view: EntryView) -> str:
    return json.dumps(view.leaf, indent=2, ensure_ascii=False)
