"""The desk without Slack: the API and the pages, turns, what is due; in one process or several."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import uvicorn
from fastapi import FastAPI

from bot.app import App, open_app
from bot.doors.turns import door_turns
from bot.messengers import RecordOnly
from bot.parts import ALL, Part, Parts
from bot.settings import Settings
from bot.web.health import add_health
from bot.web.site import Health, make_site
from frontdesk import SettingsError

HOST = "0.0.0.0"  # noqa: S104 - the process host reaches it from outside


class _Server(uvicorn.Server):
    """Uvicorn, which leaves signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_alone(settings: Settings, parts: Parts = ALL) -> None:
    """Open the desk and do those `parts` of it until cancelled.

    Raises:
        SettingsError: a setting cannot be used, or nobody may listen at the port.
    """
    async with contextlib.AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(settings, RecordOnly(), parts))
        turning = Part.TURNS in parts
        worker = await stack.enter_async_context(door_turns(app)) if turning else None

        def health() -> dict[str, Any]:
            at_work = worker.busy if worker else 0
            return {"sockets": None, "deliveries": 0, "tickets_at_work": at_work}

        if Part.WEB in parts:
            await _served(settings, make_site(app, health), settings.port)
        elif settings.metrics_port:
            await _served(settings, _health_site(app, health), settings.metrics_port)
        else:
            await asyncio.Event().wait()


def _health_site(app: App, health: Health) -> FastAPI:
    site = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    add_health(site, app, health)
    return site


async def _served(settings: Settings, site: FastAPI, port: int) -> None:
    config = uvicorn.Config(
        site,
        host=HOST,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=5,
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
    server = _Server(config)
    serving = asyncio.create_task(_listening(server, port), name="frontdesk-site")
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)


async def _listening(server: uvicorn.Server, port: int) -> None:
    try:
        await server.serve()
    except SystemExit as error:  # uvicorn's way to say that it cannot listen
        raise SettingsError(f"port {port} cannot be listened at: set PORT to a free one") from error
