"""The access log: who looked at the record, who signed in, who was refused."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.web.access.visitor import LeadOrAdmin
from bot.web.console.base import Here
from bot.web.console.nav import Link
from storage.looking import Look
from storage.overview.entries import in_full
from storage.people.roles import Role
from storage.search.filters import Filter
from storage.search.search import Search

router = APIRouter(include_in_schema=False)
LINKS = (Link("Access log", "/access", "eye", (Role.LEAD, Role.ADMIN), group="Desk"),)

SIZE = 50
VIEWS = {
    "looked": ("Who looked", "audit"),
    "signed-in": ("Signing in", "auth"),
    "refused": ("Refused", "auth:denied"),
    "people": ("Roles", "person"),
}


@router.get("/access")
async def access_log(
    request: Request, here: Here, visitor: LeadOrAdmin, view: str = "looked", after: str = ""
) -> Response:
    """Entries about the record being looked at, the latest first."""
    _, kind = VIEWS.get(view, VIEWS["looked"])
    wanted = Filter(kind=kind)
    found = await Search(here.app.store).page(wanted, limit=SIZE, after=after or None)
    await here.looked(visitor, Look.SEARCHED, [row.id for row in found.rows], **wanted.said())
    return here.page(
        request,
        visitor,
        "people/access.html",
        page=found,
        entries=await in_full(here.app.store, found.rows, with_texts=visitor.reads_texts),
        views=VIEWS,
        view=view if view in VIEWS else "looked",
    )
