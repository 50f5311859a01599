"""What digests stand for: prompts, policies, configurations, and how each changed."""

from __future__ import annotations

import hashlib
import json

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.web.access.visitor import Anyone
from bot.web.console.base import Console, Here, NotHere
from bot.web.console.record.since import before
from bot.web.console.record.worddiff import line_diff
from storage.overview.artifacts import content, versions

router = APIRouter(include_in_schema=False)


@router.get("/artifacts/{digest}")
async def artifact(
    request: Request, here: Here, visitor: Anyone, digest: str, against: str = ""
) -> Response:
    """One artifact, and what is different in it from another of its kind."""
    kind, kept = await _content(here, digest)
    others = await versions(here.app.store, kind)
    old_digest = against or await before(here.app.store, others, digest)
    changes = None
    if old_digest:
        _, old = await _content(here, old_digest)
        changes = line_diff(readable(old), readable(kept))
    return here.page(
        request,
        visitor,
        "record/artifact.html",
        digest=digest,
        kind=kind,
        text=readable(kept),
        is_sound=hashlib.sha256(kept).hexdigest() == digest,
        versions=others,
        before=old_digest,
        changes=changes,
    )


async def _content(here: Console, digest: str) -> tuple[str, bytes]:
    found = await content(here.app.store, digest)
    if found is None:
        raise NotHere(f"Nothing is kept for the digest {digest[:12]}….")
    return found


def readable(kept: bytes) -> str:
    """The content to read; JSON with its parts on lines of their own."""
    try:
        return json.dumps(json.loads(kept), indent=2, ensure_ascii=False, sort_keys=True)
    except ValueError:
        return kept.decode(errors="replace")
