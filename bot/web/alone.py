"""The API and the pages without Slack: one process takes in, runs turns, does what is due."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import uvicorn

from bot.app import open_app
from bot.doors.turns import door_turns
from bot.messengers import RecordOnly
from bot.settings import Settings
from bot.web.site import make_site
from frontdesk import SettingsError

HOST = "0.0.0.0"  # noqa: S104 - the process host reaches it from outside


class _Server(uvicorn.Server):
    """Uvicorn, which leaves signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_alone(settings: Settings) -> None:
    """Open the desk and serve its site until cancelled.

    Raises:
        SettingsError: a setting cannot be used, or nobody may listen at the port.
    """
    async with open_app(settings, RecordOnly()) as app, door_turns(app) as worker:

        def health() -> dict[str, Any]:
            return {"sockets": None, "deliveries": 0, "tickets_at_work": worker.busy}

        config = uvicorn.Config(
            make_site(app, health),
            host=HOST,
            port=settings.port,
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=5,
        )
        try:
            await _Server(config).serve()
        except SystemExit as error:  # uvicorn's way to say that it cannot listen
            raise SettingsError(
                f"port {settings.port} cannot be listened at: set PORT to a free one"
            ) from error
