"""Erasures: what waits for a second person, and the certificates of what was done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bot.web.access.visitor import Privacy
from bot.web.console.base import Console, Here, NotHere
from bot.web.console.privacy.naming import BASES, by_words, erasures_of
from frontdesk import StoreError
from storage.looking import Look
from storage.privacy.certificate import Certificate
from storage.privacy.erasing import Held, NotYet
from storage.privacy.erasures import ErasureCase
from storage.privacy.tables import ErasureState

router = APIRouter()


def _pdf(made: Certificate) -> bytes:
    # Making PDFs takes half a second to import, and few people ask for one.
    from storage.export.pdf import certificate_pdf  # noqa: PLC0415

    return certificate_pdf(made)


_FORMS: Mapping[str, tuple[str, Callable[[Certificate], bytes]]] = {
    "pdf": ("application/pdf", _pdf),
    "md": ("text/markdown; charset=utf-8", lambda made: made.markdown.encode()),
    "json": ("application/json", lambda made: made.json.encode()),
}
_UNDECIDED = (ErasureState.REQUESTED, ErasureState.HELD)


@router.get("/erasures")
async def erasures(request: Request, here: Here, visitor: Privacy) -> Response:
    """All erasures; those that wait come first."""
    found = await erasures_of(here).all()
    return here.page(
        request,
        visitor,
        "privacy/erasures.html",
        waiting=[one for one in found if one.state in _UNDECIDED],
        decided=[one for one in found if one.state not in _UNDECIDED],
    )


@router.get("/erasures/{name}")
async def erasure(request: Request, here: Here, visitor: Privacy, name: str) -> Response:
    """One erasure: to be approved by a second person, or with its certificate."""
    one = await _named(here, name)
    plan = await erasures_of(here).plan(one.person)
    await here.looked(visitor, Look.VIEWED, plan.tickets, page="erasure", erasure=one.id)
    made = None
    if one.state is ErasureState.DONE:
        made = await erasures_of(here).certificate(one.id)
    return here.page(
        request,
        visitor,
        "privacy/erasure.html",
        one=one,
        plan=plan,
        kept=by_words(plan.texts),
        undecided=one.state in _UNDECIDED,
        own=one.requested_by == visitor.actor,
        certificate=made,
        bases=dict(BASES),
    )


@router.post("/erasures/{name}/approve")
async def approve(
    request: Request,
    here: Here,
    visitor: Privacy,
    name: str,
    sure: Annotated[bool, Form()] = False,
) -> Response:
    """Approve it, as a second person, and carry it out."""
    there = f"/erasures/{name}"
    if not sure:
        return here.go(request, there, "Look at what would go first, and say so.", kind="bad")
    try:
        await erasures_of(here).approve(name, visitor.actor)
    except NotYet as wait:
        return here.go(request, there, str(wait), kind="info")
    except (Held, StoreError) as no:
        return here.go(request, there, str(no), kind="bad")
    return here.go(request, there, "Erased. The certificate says what was done.")


@router.post("/erasures/{name}/decline")
async def decline(request: Request, here: Here, visitor: Privacy, name: str) -> Response:
    """Refuse it for good."""
    try:
        await erasures_of(here).decline(name, visitor.actor)
    except StoreError as error:
        return here.go(request, f"/erasures/{name}", str(error), kind="bad")
    return here.go(request, f"/erasures/{name}", "Declined. Nothing was erased.")


@router.get("/erasures/{name}/certificate.{form}")
async def certificate(
    request: Request, here: Here, visitor: Privacy, name: str, form: str
) -> Response:
    """The certificate as a file: `pdf` and `md` for people, `json` as its digest is on record."""
    made = await _certificate(here, name)
    if form not in _FORMS:
        raise NotHere("The certificate is there as .pdf, as .md and as .json.")
    kind, written = _FORMS[form]
    content = await asyncio.to_thread(written, made)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(content, media_type=kind, headers=headers)


async def _certificate(here: Console, name: str) -> Certificate:
    try:
        return await erasures_of(here).certificate(name)
    except StoreError as error:
        raise NotHere(str(error)) from error


async def _named(here: Console, name: str) -> ErasureCase:
    found = await erasures_of(here).one(name)
    if found is None:
        raise NotHere("There is no such erasure.")
    return found
