"""Configuration history: what the desk was made of at each start, and what changed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.web.access.visitor import Anyone
from bot.web.console.base import Here
from bot.web.console.nav import Link
from storage.looking import Look
from storage.overview.artifacts import known_digests, versions
from storage.overview.entries import in_full
from storage.search.filters import Filter
from storage.search.search import Search

router = APIRouter(include_in_schema=False)
LINKS = (Link("Configuration", "/config", "sliders", group="Desk"),)

SIZE = 30
KINDS = ("desk", "config", "plugin")


@router.get("/config")
async def history(
    request: Request, here: Here, visitor: Anyone, kind: str = "desk", after: str = ""
) -> Response:
    """Starts of the desk and what was in force at each, the latest first."""
    wanted = Filter(kind=kind if kind in KINDS else KINDS[0])
    found = await Search(here.app.store).page(wanted, limit=SIZE, after=after or None)
    await here.looked(visitor, Look.SEARCHED, [row.id for row in found.rows], **wanted.said())
    entries = await in_full(here.app.store, found.rows, with_texts=False)
    bodies = [one.leaf.get("body", {}) for one in entries]
    named = [
        str(value)
        for body in bodies
        for value in (
            *(body.get("config_digest"), body.get("before"), body.get("after")),
            *(one["digest"] for one in body.get("plugins", ())),
        )
        if value
    ]
    return here.page(
        request,
        visitor,
        "proof/config.html",
        page=found,
        entries=entries,
        kinds=KINDS,
        kind=wanted.kind,
        known=await known_digests(here.app.store, named),
        artifacts=(await versions(here.app.store))[:SIZE],
    )
