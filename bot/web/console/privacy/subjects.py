"""Finding somebody, and what is kept of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from bot.web.access.visitor import Privacy
from bot.web.console.base import Here, NotHere
from bot.web.console.privacy.naming import (
    BASES,
    by_words,
    days_kept,
    erasures_of,
    holds_of,
    named,
)
from frontdesk import StoreError
from storage.looking import Look
from storage.privacy.facts import Basis
from storage.privacy.people import UnknownPerson
from storage.privacy.subject_export import export

router = APIRouter()


@router.get("/subjects")
async def find(
    request: Request, here: Here, visitor: Privacy, q: Annotated[str, Query()] = ""
) -> Response:
    """Find somebody by what Slack calls them, or by their reference."""
    problem = ""
    if q.strip():
        await here.looked(visitor, Look.SEARCHED, [], words=q.strip(), page="subjects")
        try:
            ref = await erasures_of(here).person(q.strip())
            return here.go(request, f"/subjects/{ref}")
        except UnknownPerson as error:
            problem = str(error)
    return here.page(request, visitor, "privacy/find.html", q=q, problem=problem)


@router.get("/subjects/{ref}")
async def subject(request: Request, here: Here, visitor: Privacy, ref: str) -> Response:
    """What is kept of somebody, and what erasing them would do."""
    erasures = erasures_of(here)
    try:
        person = await erasures.person(ref)
    except UnknownPerson as error:
        raise NotHere(str(error)) from error
    plan = await erasures.plan(person)
    await here.looked(visitor, Look.VIEWED, plan.tickets, page="subject", person=person)
    mine = [one for one in await erasures.all() if one.person == person]
    if not plan.entries and not mine and not (await named(here, person)).name:
        raise NotHere("Nothing is kept of anybody by this reference.")
    return here.page(
        request,
        visitor,
        "privacy/subject.html",
        person=await named(here, person),
        plan=plan,
        kept=by_words(plan.texts),
        erasures=mine,
        bases=BASES,
        days=days_kept(here),
    )


@router.post("/subjects/{ref}/erasure")
async def ask(
    request: Request, here: Here, visitor: Privacy, ref: str, basis: Annotated[Basis, Form()]
) -> Response:
    """Ask for somebody to be erased; another privacy officer approves it."""
    try:
        name = await erasures_of(here).file(ref, basis, visitor.actor)
    except StoreError as error:
        return here.go(request, f"/subjects/{ref}", str(error), kind="bad")
    return here.go(request, f"/erasures/{name}", "It is on record. Somebody else approves it now.")


@router.post("/subjects/{ref}/file")
async def give(request: Request, here: Here, visitor: Privacy, ref: str) -> Response:
    """Give out all that is kept of somebody, for them."""
    given = await export(here.app.store, ref, visitor.actor, days=days_kept(here))
    headers = {"Content-Disposition": f'attachment; filename="person-{ref[:8]}.json"'}
    return Response(given.content, media_type="application/json", headers=headers)


@router.post("/subjects/{ref}/hold")
async def hold(
    request: Request, here: Here, visitor: Privacy, ref: str, reason: Annotated[str, Form()]
) -> Response:
    """Hold all that is kept of somebody."""
    try:
        name = await holds_of(here).place(visitor.actor, reason, person=ref)
    except StoreError as error:
        return here.go(request, f"/subjects/{ref}", str(error), kind="bad")
    return here.go(request, f"/subjects/{ref}", f"Held under {name}: nothing of it is erased.")
