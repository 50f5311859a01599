"""Legal holds: what must not be erased. One person places one, two release it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from bot.web.access.visitor import Privacy
from bot.web.console.base import Console, Here
from bot.web.console.privacy.naming import erasures_of, holds_of
from bot.web.console.reviews.doing import Refused
from frontdesk import StoreError
from storage.ids import typed

router = APIRouter()


@router.get("/holds")
async def holds(
    request: Request, here: Here, visitor: Privacy, ticket: Annotated[str, Query()] = ""
) -> Response:
    """Holds in force and released ones, and the form for another."""
    found = await holds_of(here).all(released=True)
    return here.page(
        request,
        visitor,
        "privacy/holds.html",
        in_force=[one for one in found if one.released is None],
        released=[one for one in found if one.released is not None],
        ticket=ticket,
    )


@router.post("/holds")
async def place(
    request: Request,
    here: Here,
    visitor: Privacy,
    *,
    kind: Annotated[str, Form()],
    name: Annotated[str, Form()],
    reason: Annotated[str, Form()],
) -> Response:
    """Hold a person, a ticket or a workspace."""
    try:
        target = await _target(here, kind, name.strip())
        made = await holds_of(here).place(visitor.actor, reason, **target)
    except (StoreError, Refused) as error:
        return here.go(request, "/holds", str(error), kind="bad")
    return here.go(request, "/holds", f"{made} is in force.")


@router.post("/holds/{name}/ask")
async def ask(request: Request, here: Here, visitor: Privacy, name: str) -> Response:
    """Ask for a hold to be released."""
    try:
        await holds_of(here).ask_release(name, visitor.actor)
    except StoreError as error:
        return here.go(request, "/holds", str(error), kind="bad")
    return here.go(request, "/holds", "Asked. Somebody else has to agree.")


@router.post("/holds/{name}/release")
async def release(request: Request, here: Here, visitor: Privacy, name: str) -> Response:
    """Agree to the release that somebody else asked for."""
    try:
        await holds_of(here).release(name, visitor.actor)
    except StoreError as error:
        return here.go(request, "/holds", str(error), kind="bad")
    return here.go(request, "/holds", f"{name} is released: what it held may be erased again.")


async def _target(here: Console, kind: str, name: str) -> dict[str, str]:
    if kind == "person":
        return {"person": await erasures_of(here).person(name)}
    if kind == "ticket":
        return {"ticket": typed(name)}
    if kind == "workspace" and name:
        return {"workspace": name}
    raise Refused("Choose what to hold, and say which.")
