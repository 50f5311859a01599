"""Proofs: one entry stands in the signed log, and the browser itself can check that it does."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from bot.web.access.visitor import Anyone
from bot.web.console.base import Console, Here, NotHere
from frontdesk import StoreError
from storage.export import proofs as made
from storage.looking import Look
from storage.queries import NotFound
from storage.reading import need

router = APIRouter()


@router.get("/proofs")
async def proofs(
    request: Request, here: Here, visitor: Anyone, entry: Annotated[str, Query()] = ""
) -> Response:
    """Find an entry to prove, or check a proof that somebody has."""
    problem = ""
    if entry.strip():
        try:
            found = await made.prove(here.app.store, entry.strip())
            return here.go(request, f"/proofs/{found.entry}")
        except (NotFound, StoreError) as error:
            problem = str(error)
    vkey = need(here.app.store.keys).vkey
    return here.page(request, visitor, "exports/proofs.html", vkey=vkey, problem=problem, q=entry)


@router.get("/proofs/{entry}")
async def proof(request: Request, here: Here, visitor: Anyone, entry: str) -> Response:
    """The proof of one entry, to take along or to check here."""
    found = await _proof(here, entry)
    await here.looked(visitor, Look.VIEWED, [found.entry], page="proof", entry=found.entry)
    vkey = need(here.app.store.keys).vkey
    return here.page(request, visitor, "exports/proof.html", proof=found, vkey=vkey)


@router.get("/proofs/{entry}/file")
async def file(here: Here, visitor: Anyone, entry: str) -> Response:
    """The proof as a file, with the entry's exact bytes in it."""
    found = await _proof(here, entry)
    await here.looked(visitor, Look.VIEWED, [found.entry], page="proof-file", entry=found.entry)
    name = f"{found.entry}{made.SUFFIX}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(found.text.encode(), media_type="text/plain; charset=utf-8", headers=headers)


async def _proof(here: Console, entry: str) -> made.Proof:
    try:
        return await made.prove(here.app.store, entry)
    except NotFound:
        raise
    except StoreError as error:
        raise NotHere(str(error)) from error
