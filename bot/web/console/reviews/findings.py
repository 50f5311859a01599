"""The findings board: what has to be put right, by whom, until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from bot.web.access.visitor import Reviewer
from bot.web.console.base import Console, Here
from bot.web.console.reviews.doing import Refused, day, in_words, reviews_of
from storage.reviews import findings as kept
from storage.reviews.findings import NewFinding

router = APIRouter()
DAYS = 14
"""Until when something is to be put right unless told."""


@router.get("/findings")
async def board(
    request: Request,
    here: Here,
    visitor: Reviewer,
    *,
    entry: Annotated[str, Query()] = "",
    case: Annotated[str, Query()] = "",
) -> Response:
    """All findings, and the form for another one (about an entry of a case, if one is named)."""
    reviews = reviews_of(here)
    now = datetime.now(UTC)
    return here.page(
        request,
        visitor,
        "reviews/findings.html",
        open=await reviews.findings(),
        closed=await reviews.findings(closed=True),
        people=await _people(here),
        now=now,
        due=(now + timedelta(days=DAYS)).date(),
        entry=entry,
        case=case,
    )


@router.post("/findings")
async def open_finding(
    request: Request,
    here: Here,
    visitor: Reviewer,
    *,
    what: Annotated[str, Form()],
    owner: Annotated[str, Form()],
    due: Annotated[str, Form()],
    action: Annotated[str, Form()] = "",
    entry: Annotated[str, Form()] = "",
    case: Annotated[str, Form()] = "",
) -> Response:
    """Put a finding on record."""
    try:
        found = NewFinding(what, action, owner, _due(due), case or None, entry or None)
        await _check_owner(here, owner)
        async with in_words():
            if case:
                await reviews_of(here).case(case, visitor.ref)
            name = await reviews_of(here).open_finding(visitor.ref, found)
    except Refused as no:
        return here.go(request, "/findings", str(no), kind="bad")
    return here.go(request, "/findings", f"Finding {name} is on record.")


@router.get("/findings/{name}")
async def finding(request: Request, here: Here, visitor: Reviewer, name: str) -> Response:
    """One finding."""
    store = here.app.store
    async with in_words():
        row = await store.read(lambda db: kept.one_finding(db, store.keys, name))
    return here.page(
        request,
        visitor,
        "reviews/finding.html",
        one=row,
        people=await _people(here),
        now=datetime.now(UTC),
    )


@router.post("/findings/{name}")
async def change(
    request: Request,
    here: Here,
    visitor: Reviewer,
    name: str,
    *,
    owner: Annotated[str, Form()],
    due: Annotated[str, Form()],
    action: Annotated[str, Form()] = "",
) -> Response:
    """Give a finding another owner, day or action."""
    try:
        await _check_owner(here, owner)
        async with in_words():
            await reviews_of(here).change_finding(
                visitor.ref, name, owner=owner, due=_due(due), action=action
            )
    except Refused as no:
        return here.go(request, f"/findings/{name}", str(no), kind="bad")
    return here.go(request, f"/findings/{name}", "Changed, and on record.")


@router.post("/findings/{name}/close")
async def close(
    request: Request,
    here: Here,
    visitor: Reviewer,
    name: str,
    *,
    resolution: Annotated[str, Form()],
    change: Annotated[str, Form()] = "",
) -> Response:
    """Close a finding that is put right."""
    try:
        async with in_words():
            await reviews_of(here).close_finding(
                visitor.ref, name, resolution, change.strip() or None
            )
    except Refused as no:
        return here.go(request, f"/findings/{name}", str(no), kind="bad")
    return here.go(request, "/findings", f"Finding {name} is closed.")


async def _people(here: Console) -> list[tuple[str, str]]:
    """Who may own a finding: everybody with a role."""
    return [(one.ref, one.name) for one in await here.access.accounts.all() if one.roles]


async def _check_owner(here: Console, owner: str) -> None:
    """Entries hold references only: what somebody made up must not get into one."""
    if owner not in dict(await _people(here)):
        raise Refused("Who sees to it? Choose somebody with a role.")


def _due(text: str) -> datetime:
    due = day(text)
    if due is None:
        raise Refused("Until when? Choose a day.")
    return due
