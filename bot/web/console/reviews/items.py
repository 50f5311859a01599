"""One item of a case: what was asked and decided, and the five things to say of it."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bot.web.access.visitor import Reviewer
from bot.web.console.base import Here, NotHere
from bot.web.console.reviews.doing import Refused, in_words, reviews_of
from router.review_facts import Judgement
from storage.looking import Look
from storage.reviews.judging import NewOpinion
from storage.reviews.views import ItemView, next_for

router = APIRouter()

VERDICTS = (
    (Judgement.CORRECT, "Correct", "Right specialist, right answer.", "good"),
    (Judgement.WRONG_ROUTE, "Wrong route", "Somebody else should answer.", "warn"),
    (Judgement.SHOULD_ESCALATE, "Should escalate", "A human should answer.", "warn"),
    (Judgement.POLICY_BREACH, "Policy breach", "It says what must not be said.", "bad"),
    (Judgement.PRIVACY, "Privacy", "It shows what it must not.", "bad"),
)
"""Each verdict: its word, what it means, its tone; the keys 1 to 5 in this order."""


@router.get("/cases/{name}/{position:int}")
async def item(
    request: Request, here: Here, visitor: Reviewer, name: str, position: int
) -> Response:
    """An item to judge, or as it was judged."""
    reviews = reviews_of(here)
    async with in_words():
        case, items, stands = await reviews.case(name, visitor.ref)
        this = _at(items, position)
        found = await reviews.brief(this.entry)
    await here.looked(visitor, Look.VIEWED, found.seen, case=case.id, item=position)
    return here.page(
        request,
        visitor,
        "reviews/item.html",
        case=case,
        items=items,
        stands=stands,
        this=this,
        found=found,
        verdicts=VERDICTS,
        before=items[position - 2] if position > 1 else None,
        behind=items[position] if position < len(items) else None,
        shown=int(time.time()),
    )


@router.post("/cases/{name}/{position:int}")
async def judge(
    request: Request,
    here: Here,
    visitor: Reviewer,
    name: str,
    position: int,
    *,
    judgement: Annotated[Judgement, Form()],
    comment: Annotated[str, Form()] = "",
    shown: Annotated[int, Form()] = 0,
) -> Response:
    """Put a verdict on record and go on to the next item that waits for this reviewer."""
    reviews = reviews_of(here)
    opinion = NewOpinion(judgement, comment, int(time.time()) - shown if shown else 0)
    try:
        async with in_words():
            await reviews.judge(visitor.ref, (name, position), opinion)
    except Refused as no:
        return here.go(request, f"/cases/{name}/{position}", str(no), kind="bad")
    _, items, _ = await reviews.case(name, visitor.ref)
    following = next_for(items, position)
    if following is None:
        return here.go(request, f"/cases/{name}", "That was the last one for you here.")
    return here.go(request, f"/cases/{name}/{following.position}")


def _at(items: tuple[ItemView, ...], position: int) -> ItemView:
    if not 1 <= position <= len(items):
        raise NotHere("The case has no such item.")
    return items[position - 1]
