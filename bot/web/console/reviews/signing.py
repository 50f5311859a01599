"""Signing off: what the verdicts come to, in plain words, and the statement that is signed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bot.web.access.visitor import Lead, Reviewer
from bot.web.console.base import Here
from bot.web.console.reviews.cases import TITLES
from bot.web.console.reviews.doing import Refused, in_words, reviews_of
from bot.web.console.reviews.items import VERDICTS
from storage.queries import Queries
from storage.reviews.tables import CaseState

router = APIRouter()


@router.get("/cases/{name}/sign-off", response_model=None)
async def sign_off(request: Request, here: Here, visitor: Reviewer, name: str) -> Response:
    """The sign-off: to be signed by a lead, or as it was signed."""
    async with in_words():
        case, _, stands = await reviews_of(here).case(name, visitor.ref)
    signed = None
    if case.state is CaseState.SIGNED and case.signed_entry is not None:
        signed = await Queries(here.app.store).entry(case.signed_entry)
    return here.page(
        request,
        visitor,
        "reviews/sign.html",
        case=case,
        stands=stands,
        signed=signed,
        verdicts=VERDICTS,
        titles=TITLES,
    )


@router.post("/cases/{name}/sign-off")
async def sign(
    request: Request, here: Here, visitor: Lead, name: str, statement: Annotated[str, Form()]
) -> Response:
    """Put the sign-off on record."""
    try:
        async with in_words():
            await reviews_of(here).sign(visitor.ref, name, statement)
    except Refused as no:
        return here.go(request, f"/cases/{name}/sign-off", str(no), kind="bad")
    return here.go(request, f"/cases/{name}/sign-off", "Signed. Your statement is on record.")
