"""Whether the desk is well, for whoever watches it: a process host, a balancer, Prometheus."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from bot.app import App
from bot.seeing.readiness import reasons
from bot.seeing.scrape import scrape

UNAVAILABLE, UNAUTHORISED = 503, 401


def add_health(site: FastAPI, app: App, health: Callable[[], dict[str, Any]]) -> None:
    """Answer `/healthz`, `/readyz` and `/metrics`.

    The first says that the process is alive and its loop turns: restart it if it says nothing. The
    second says whether to send it work; if not, with status 503 and why.
    """

    @site.get("/healthz", include_in_schema=False)
    async def alive() -> dict[str, Any]:
        return {"alive": True, **health()}

    @site.get("/readyz", include_in_schema=False)
    async def ready() -> JSONResponse:
        state = health()
        found = await reasons(app, state)
        content = {"ready": not found, "reasons": found, **state}
        return JSONResponse(content, UNAVAILABLE if found else 200)

    @site.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        if not _may_see(app, request):
            return Response("the token of FRONTDESK_METRICS_TOKEN is needed", UNAUTHORISED)
        return Response(await scrape(app, health()), media_type=CONTENT_TYPE_LATEST)


def _may_see(app: App, request: Request) -> bool:
    token = app.settings.metrics_token
    if token is None:
        return True
    given = request.headers.get("authorization", "")
    return secrets.compare_digest(given.encode(), f"Bearer {token.get_secret_value()}".encode())
