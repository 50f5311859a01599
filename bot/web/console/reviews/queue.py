"""The review queue: what a rule found worth a look, and how reviewing goes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from bot.web.access.visitor import Reviewer
from bot.web.console.base import Here, NotHere
from bot.web.console.pager import Page
from bot.web.console.reviews.doing import reviews_of
from storage.looking import Look
from storage.reviews.queue import MOST_COUNTED
from storage.reviews.rules import RULES

router = APIRouter()
SIZE = 25


@router.get("/reviews")
async def queue(
    request: Request,
    here: Here,
    visitor: Reviewer,
    rule: Annotated[str, Query()] = "",
    after: Annotated[str, Query()] = "",
) -> Response:
    """What waits, rule by rule."""
    reviews = reviews_of(here)
    counts = await reviews.queue_counts()
    chosen = rule or next((one.name for one in RULES if counts[one.name]), RULES[0].name)
    found = next((one for one in RULES if one.name == chosen), None)
    if found is None:
        raise NotHere("There is no such rule.")
    rows = await reviews.queue(chosen, limit=SIZE + 1, after=after)
    page = Page.of(rows, SIZE, key=lambda row: row.after)
    entries = [row.entry for row in page.rows]
    await here.looked(visitor, Look.SEARCHED, entries, page="queue", rule=chosen)
    return here.page(
        request,
        visitor,
        "reviews/queue.html",
        rules=RULES,
        rule=found,
        counts=counts,
        most=MOST_COUNTED,
        page=page,
        board=await reviews.board(),
    )
