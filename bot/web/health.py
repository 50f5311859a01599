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
LOOPBACK = frozenset({"127.0.0.1", "::1"})
FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-real-ip"})
REFUSED = "set FRONTDESK_METRICS_TOKEN, and send it as a bearer token\n"


def health_site(app: App, health: Callable[[], dict[str, Any]]) -> FastAPI:
    """A site of health checks alone, where there is no other."""
    site = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    add_health(site, app, health)
    return site


def add_health(site: FastAPI, app: App, health: Callable[[], dict[str, Any]]) -> None:
    """Answer `/healthz`, `/readyz` and `/metrics`.

    The first says that the process is alive and its loop turns: restart it if it says nothing. The
    second says whether to send it work, if not with status 503. Why, and all figures, are told to
    whoever may see them, not to the world.
    """

    @site.get("/healthz", include_in_schema=False)
    async def alive(request: Request) -> dict[str, Any]:
        return {"alive": True, **(health() if _may_see(app, request) else {})}

    @site.get("/readyz", include_in_schema=False)
    async def ready(request: Request) -> JSONResponse:
        state = health()
        found = await reasons(app, state)
        content: dict[str, Any] = {"ready": not found}
        if _may_see(app, request):
            content |= {"reasons": found, **state}
        return JSONResponse(content, UNAVAILABLE if found else 200)

    @site.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        if not _may_see(app, request):
            return Response(REFUSED, UNAUTHORISED)
        return Response(await scrape(app, health()), media_type=CONTENT_TYPE_LATEST)


def _may_see(app: App, request: Request) -> bool:
    """Whoever has the token; where none is set, the machine itself, but not through a proxy."""
    token = app.settings.metrics_token
    if token is None:
        near = request.client is not None and request.client.host in LOOPBACK
        return near and not FORWARDED & set(request.headers)
    given = request.headers.get("authorization", "")
    return secrets.compare_digest(given.encode(), f"Bearer {token.get_secret_value()}".encode())
