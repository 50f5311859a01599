"""The witness on HTTP: `POST /add-checkpoint`, and `GET /<hash of the origin>/checkpoint`."""

from __future__ import annotations

import hashlib
import logging

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from bot.web.bodies import bounded
from bot.witness.judging import Judge, Refused

log = logging.getLogger("frontdesk.witness.server")

MOST_BYTES = 65_536


def witness_site(judge: Judge) -> FastAPI:
    """The site of a witness."""
    site = FastAPI(title="Witness", docs_url=None, redoc_url=None, openapi_url=None)
    names = {hashlib.sha256(origin.encode()).hexdigest(): origin for origin in judge.logs}

    @site.post("/add-checkpoint")
    async def add(request: Request) -> Response:
        body = await bounded(request, MOST_BYTES)
        if body is None:
            return Response("the request is too long\n", 413, media_type="text/plain")
        try:
            lines = await run_in_threadpool(judge.add, body)
        except Refused as refused:
            if refused.status in (403, 422):
                log.warning("refused, %s: %s", refused.status, refused.says.strip())
            return Response(refused.says, refused.status, headers={"Content-Type": refused.kind})
        return Response(lines, media_type="text/plain")

    @site.get("/{name}/checkpoint")
    async def checkpoint(name: str) -> Response:
        origin = names.get(name)
        seen = judge.memory.seen(origin) if origin else None
        if seen is None:
            return Response("nothing was signed for this log\n", 404, media_type="text/plain")
        return Response(seen.note, media_type="text/plain")

    return site
