"""Cases: opening one, and where it stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from bot.web.access.visitor import Reviewer
from bot.web.console.base import Here
from bot.web.console.pager import Page
from bot.web.console.reviews.doing import Refused, day, end_of, in_words, reviews_of
from router.review_facts import CaseQuery
from storage.conversations import microseconds
from storage.reviews.bounds import sample_size
from storage.reviews.rules import RULES
from storage.reviews.views import next_for

router = APIRouter()
SIZE = 25
SHARES = (1000, 500, 200, 100)
"""Basis points of failures that a sample is to show, from small samples to large ones."""

TITLES = {rule.name: rule.title for rule in RULES}
"""What each rule of the queue is called."""


@router.get("/cases")
async def cases(
    request: Request, here: Here, visitor: Reviewer, after: Annotated[str, Query()] = ""
) -> Response:
    """All cases, newest first."""
    rows = await reviews_of(here).cases(limit=SIZE + 1, after=after)
    return here.page(
        request,
        visitor,
        "reviews/cases.html",
        page=Page.of(rows, SIZE, key=lambda row: row.id),
        titles=TITLES,
    )


@router.get("/cases/new")
async def new(request: Request, here: Here, visitor: Reviewer) -> Response:
    """The form that opens a case on a random sample."""
    installed = here.app.desk.specialists.installed
    today = datetime.now(UTC).date()
    return here.page(
        request,
        visitor,
        "reviews/new.html",
        sizes=[(share, sample_size(share)) for share in SHARES],
        specialists=[("", "all"), *((name, name) for name in sorted(installed))],
        since=today - timedelta(days=7),
        until=today,
    )


@router.post("/cases")
async def open_case(
    request: Request,
    here: Here,
    visitor: Reviewer,
    *,
    wanted: Annotated[int, Form()],
    rule: Annotated[str, Form()] = "",
    since: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    specialist: Annotated[str, Form()] = "",
    below: Annotated[str, Form()] = "",
) -> Response:
    """Open a case, and draw its items as soon as a root is signed."""
    try:
        query = _query(rule, (since, until), specialist, below)
        async with in_words():
            case = await reviews_of(here).open(visitor.ref, query, wanted)
    except Refused as no:
        return here.go(request, "/cases/new", str(no), kind="bad")
    return here.go(request, f"/cases/{case}")


@router.get("/cases/{name}")
async def one_case(request: Request, here: Here, visitor: Reviewer, name: str) -> Response:
    """Where a case stands."""
    reviews = reviews_of(here)
    async with in_words():
        case, items, stands = await reviews.case(name, visitor.ref)
    return here.page(
        request,
        visitor,
        "reviews/case.html",
        case=case,
        items=items,
        stands=stands,
        following=next_for(items),
        titles=TITLES,
        redrawn=await reviews.redraw(case.id),
    )


@router.post("/cases/{name}/draw")
async def draw(request: Request, here: Here, visitor: Reviewer, name: str) -> Response:
    """Draw the items of a case that was opened while no root was signed."""
    reviews = reviews_of(here)
    async with in_words():
        case, _, _ = await reviews.case(name, visitor.ref)
    drawn = await reviews.draw(case.id)
    words = "Drawn." if drawn else "No checkpoint was signed since the case was opened. Try again."
    return here.go(request, f"/cases/{case.id}", words, kind="good" if drawn else "bad")


def _query(rule: str, days: tuple[str, str], specialist: str, below: str) -> CaseQuery:
    if rule and rule not in TITLES:
        raise Refused("There is no such rule.")
    since, until = day(days[0]), end_of(day(days[1]))
    if below and not (below.isdecimal() and 1 <= int(below) <= 100):  # noqa: PLR2004 - per cent
        raise Refused("“Less sure than” takes per cent: a number from 1 to 100.")
    return CaseQuery(
        since_us=microseconds(since) if since else 0,
        until_us=microseconds(until) if until else None,
        specialist=specialist or None,
        below_bp=int(below) * 100 if below else None,
        rule=rule or None,
    )
