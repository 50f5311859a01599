"""The dictionary: every kind of entry and every field, from the code that writes them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from bot.web.access.visitor import Anyone
from bot.web.console.base import Here
from bot.web.console.nav import Link
from storage.export.dictionary import ENVELOPE, content, dictionary
from storage.privacy.retention import CLASSES

router = APIRouter(include_in_schema=False)
LINKS = (Link("Dictionary", "/dictionary", "book", group="Proof"),)


@router.get("/dictionary")
async def all_kinds(request: Request, here: Here, visitor: Anyone) -> Response:
    """All kinds with their fields, by what they are about."""
    by_subject: dict[str, list[object]] = {}
    for one in dictionary():
        by_subject.setdefault(one.kind.partition(":")[0], []).append(one)
    return here.page(
        request,
        visitor,
        "proof/dictionary.html",
        subjects=by_subject,
        envelope=ENVELOPE,
        classes=CLASSES,
        count=len(dictionary()),
    )


@router.get("/dictionary.json")
async def for_programs(here: Here, visitor: Anyone) -> Response:
    """The same for programs."""
    return JSONResponse(content())
