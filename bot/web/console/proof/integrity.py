"""Integrity: what verifications found, and what the record rests on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from bot.clock.verifying import Verifying
from bot.web.access.visitor import Anyone, Lead
from bot.web.console.base import Here
from bot.web.console.formats import number
from bot.web.console.nav import Link
from storage.overview.checkpoints import anchors, checkpoints, public_key
from storage.overview.verifying import results
from storage.reading import need

router = APIRouter(include_in_schema=False)
LINKS = (
    Link("Integrity", "/integrity", "shield", group="Proof"),
    Link("Keys and anchors", "/keys", "anchor", group="Proof"),
)


@router.get("/integrity")
async def integrity(request: Request, here: Here, visitor: Anyone) -> Response:
    """What verifications found, the latest first."""
    await here.banners.refresh(now=True)
    return here.page(
        request,
        visitor,
        "proof/integrity.html",
        state=here.banners.state,
        runs=await results(here.app.store),
        minutes=here.app.settings.console_verify_minutes,
    )


@router.post("/integrity/verify")
async def verify_now(request: Request, here: Here, visitor: Lead, whole: str = "1") -> Response:
    """Verify the whole record, or what is new, and show what was found."""
    report = await Verifying(here.app).run(whole=whole == "1", by=visitor.actor)
    await here.banners.refresh(now=True)
    if report.ok:
        message = f"The record is unaltered: {number(report.checked)} entries were checked."
        return here.go(request, "/integrity", message)
    return here.go(
        request, "/integrity", f"{number(report.found)} findings: see below.", kind="bad"
    )


@router.get("/keys")
async def keys(request: Request, here: Here, visitor: Anyone) -> Response:
    """What the record is signed with, and where its checkpoints are kept besides."""
    store = here.app.store
    folder = need(store.keys)
    return here.page(
        request,
        visitor,
        "proof/keys.html",
        origin=folder.origin,
        public_key=await public_key(store),
        mac_kid=folder.mac_kid,
        macs=sorted(folder.macs),
        checkpoints=await checkpoints(store),
        anchors=await anchors(store),
        settings=here.app.settings,
    )


@router.get("/keys/public.vkey")
async def download_key(here: Here, visitor: Anyone) -> Response:
    """The public key as a file."""
    return _file(await public_key(here.app.store) + "\n", "frontdesk.vkey")


@router.get("/keys/checkpoint")
async def download_checkpoint(here: Here, visitor: Anyone) -> Response:
    """The latest signed checkpoint as a file: keep it elsewhere, and the record cannot go back."""
    latest = await checkpoints(here.app.store, limit=1)
    return _file(latest[0].note if latest else "", "checkpoint.txt")


def _file(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(text, headers=headers)
