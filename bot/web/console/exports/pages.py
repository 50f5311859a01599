"""Exports: asked for, approved by a second person where they hold texts, written, taken along."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import FileResponse, Response

from bot.web.access.visitor import Refusal, Visitor, signed_in
from bot.web.console.base import Console, Here, NotHere
from bot.web.console.exports import running
from bot.web.console.reviews.doing import Refused, day, end_of
from frontdesk import StoreError
from storage.export.runs import ExportJob, Exports
from storage.export.runs import Form as Shape
from storage.ids import typed
from storage.people.roles import Role
from storage.privacy.tables import ExportState
from storage.search.filters import Filter

router = APIRouter()

ROLES = (Role.LEAD, Role.PRIVACY)
"""Who may take a part of the log along."""

Taker = Annotated[Visitor, Depends(signed_in(*ROLES))]

SHAPES = (
    (Shape.CSV, "CSV", "For spreadsheets: when, what, who, how sure. No texts."),
    (Shape.JSONL, "JSON lines", "Every entry byte for byte, for programs that check the chain."),
    (Shape.OCSF, "OCSF 1.9", "For security systems that watch many sources. No texts."),
    (Shape.PACK, "Evidence pack", "Entries, proofs, checkpoints, a report and a verifier in one."),
)
"""What an export can be: its name, and what it is good for."""


@router.get("/exports")
async def exports(request: Request, here: Here, visitor: Taker) -> Response:
    """All exports, and the form for another."""
    return here.page(
        request,
        visitor,
        "exports/exports.html",
        jobs=await Exports(here.app.store).all(),
        shapes=SHAPES,
        titles={shape: title for shape, title, _ in SHAPES},
    )


@router.post("/exports")
async def ask(
    request: Request,
    here: Here,
    visitor: Taker,
    *,
    form: Annotated[Shape, Form()],
    since: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    ticket: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "",
    with_texts: Annotated[bool, Form()] = False,
) -> Response:
    """Ask for an export; one without texts is written at once."""
    found = Exports(here.app.store)
    try:
        wanted = _filter((day(since), end_of(day(until))), ticket, kind)
        name = await found.ask(form, wanted, visitor.actor, with_texts=with_texts)
    except (Refused, StoreError) as no:
        return here.go(request, "/exports", str(no), kind="bad")
    if not with_texts:
        running.begin(found, await _named(here, name), here.app.settings.exports)
    return here.go(request, f"/exports/{name}")


@router.get("/exports/{name}")
async def export(request: Request, here: Here, visitor: Taker, name: str) -> Response:
    """One export: how far it is, or to be taken along."""
    job = await _named(here, name)
    return here.page(
        request,
        visitor,
        "exports/export.html",
        job=job,
        own=job.asked_by == visitor.actor,
        titles={shape: title for shape, title, _ in SHAPES},
        there=await _is_there(here, job),
        days=here.app.settings.export_days,
    )


@router.post("/exports/{name}/approve")
async def approve(request: Request, here: Here, visitor: Taker, name: str) -> Response:
    """Agree to an export of texts that somebody else asked for; it is written at once."""
    found = Exports(here.app.store)
    try:
        await found.approve(name, visitor.actor)
    except StoreError as no:
        return here.go(request, f"/exports/{name}", str(no), kind="bad")
    running.begin(found, await _named(here, name), here.app.settings.exports)
    return here.go(request, f"/exports/{name}", "Approved, and on record.")


@router.get("/exports/{name}/file")
async def take(here: Here, visitor: Taker, name: str) -> Response:
    """The file, for whoever asked for it."""
    job = await _named(here, name)
    if job.asked_by != visitor.actor:
        raise Refusal("not_yours", "Only who asked for an export can take its file.")
    if job.state is not ExportState.DONE or not await _is_there(here, job):
        raise NotHere("The file is not there: it is not written yet, or was tidied away.")
    path = running.place(job, here.app.settings.exports)
    return FileResponse(path, filename=path.name, media_type="application/octet-stream")


async def _named(here: Console, name: str) -> ExportJob:
    job = await Exports(here.app.store).one(name)
    if job is None:
        raise NotHere("There is no such export.")
    return job


async def _is_there(here: Console, job: ExportJob) -> bool:
    return await asyncio.to_thread(running.place(job, here.app.settings.exports).exists)


def _filter(span: tuple[datetime | None, datetime | None], ticket: str, kind: str) -> Filter:
    return Filter(
        since=span[0],
        until=span[1],
        ticket=typed(ticket) if ticket.strip() else None,
        kind=kind.strip() or None,
    )
