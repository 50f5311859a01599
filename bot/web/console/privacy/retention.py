"""The retention calendar: how long each class of texts is kept, and what goes when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from bot.web.access.visitor import Visitor, signed_in
from bot.web.console.base import Here
from bot.web.console.privacy.naming import days_kept, due_in, holds_of
from storage.people.roles import Role
from storage.privacy.retention import CLASSES, FLOOR_DAYS

router = APIRouter()

PrivacyOrLead = Annotated[Visitor, Depends(signed_in(Role.PRIVACY, Role.LEAD))]

AHEAD = (0, 30, 90, 365, 730)
"""Days from today of which the calendar says what will have gone by then."""


@router.get("/retention")
async def retention(request: Request, here: Here, visitor: PrivacyOrLead) -> Response:
    """How long texts are kept, and what will be past its time."""
    today = datetime.now(UTC).date()
    plans = [(today + timedelta(days=days), days, await due_in(here, days)) for days in AHEAD]
    return here.page(
        request,
        visitor,
        "privacy/retention.html",
        classes=CLASSES,
        days=days_kept(here),
        floor=FLOOR_DAYS,
        plans=plans,
        held=await holds_of(here).all(),
    )
