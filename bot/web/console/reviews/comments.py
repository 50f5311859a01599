"""Comments on entries: the record cannot be changed, but what people think of it can be added."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bot.web.access.visitor import Reviewer
from bot.web.console.base import Here
from bot.web.console.reviews.doing import Refused, in_words, reviews_of
from storage.queries import Queries

router = APIRouter()


@router.get("/entries/{entry}/comments")
async def comments(request: Request, here: Here, visitor: Reviewer, entry: str) -> Response:
    """What people said of an entry."""
    view = await Queries(here.app.store).entry(entry)
    return here.page(
        request,
        visitor,
        "reviews/comments.html",
        row=view.row,
        comments=await reviews_of(here).annotations(view.row.id),
    )


@router.post("/entries/{entry}/comments")
async def comment(
    request: Request,
    here: Here,
    visitor: Reviewer,
    entry: str,
    text: Annotated[str, Form(alias="comment")],
) -> Response:
    """Add a comment."""
    there = f"/entries/{entry}/comments"
    try:
        async with in_words():
            await reviews_of(here).annotate(visitor.ref, entry, text)
    except Refused as no:
        return here.go(request, there, str(no), kind="bad")
    return here.go(request, there, "Your comment is on record.")
