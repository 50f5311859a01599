"""The desk without Slack: the API and the pages, turns, what is due; in one process or several."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from fastapi import FastAPI

from bot.app import open_app
from bot.doors.turns import door_turns
from bot.messengers import RecordOnly
from bot.parts import ALL, Part, Parts
from bot.settings import Settings
from bot.web.health import health_site
from bot.web.listening import listener
from bot.web.site import make_site


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
            await _served(settings, health_site(app, health), settings.metrics_port)
        else:
            await asyncio.Event().wait()


async def _served(settings: Settings, site: FastAPI, port: int) -> None:
    server = listener(settings, site, port)
    serving = asyncio.create_task(server.listen(), name="frontdesk-site")
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
