"""Listening at a port: one way for every process that serves a site."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from bot.settings import Settings
from frontdesk import SettingsError

HOST = "0.0.0.0"  # noqa: S104 - Slack and the process host reach it from outside
GRACE_SECONDS = 5
"""How long requests under way may still take when the process stops."""


class Listener(uvicorn.Server):
    """Uvicorn, which leaves signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Catch nothing."""
        yield

    async def listen(self) -> None:
        """Serve until `should_exit` is set.

        Raises:
            SettingsError: nobody may listen at the port.
        """
        try:
            await self.serve()
        except SystemExit as error:  # uvicorn's way to say that it cannot listen
            raise SettingsError(
                f"port {self.config.port} cannot be listened at: set PORT to a free one"
            ) from error


def listener(
    settings: Settings, site: FastAPI, port: int, most_at_once: int | None = None
) -> Listener:
    """What serves `site` at `port`; beyond `most_at_once` requests it says 503."""
    return Listener(
        uvicorn.Config(
            site,
            host=HOST,
            port=port,
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=GRACE_SECONDS,
            limit_concurrency=most_at_once,
            forwarded_allow_ips=list(settings.trusted_proxies),
        )
    )
