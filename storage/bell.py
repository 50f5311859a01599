"""The bell: on PostgreSQL processes tell each other at once that something waits.

It only spares waiting. Whoever is not told finds what waits when they next look, so nothing here is
tried twice, and nothing depends on it: behind a pooler that keeps no sessions it never rings.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any

import psycopg

from storage import engines

log = logging.getLogger("frontdesk.bell")

CHANNEL = "frontdesk_turns"
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
SECONDS = 5.0
"""How long ringing may take."""

Heard = Callable[[], None]


class Bell:
    """Rings at other processes of one database, and hears them."""

    def __init__(self, url: str) -> None:
        """Nothing is connected before it is needed."""
        self._url = url
        self._rings: psycopg.AsyncConnection[Any] | None = None
        self._ringing: asyncio.Task[None] | None = None
        self._again = False

    def ring(self) -> None:
        """Tell all others; rings that come while one is on its way are one."""
        self._again = True
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.create_task(self._ring(), name="frontdesk-bell")

    async def listen(self, heard: Heard) -> None:
        """Call `heard` whenever another process rings, or might have; until cancelled."""
        pause = FIRST_PAUSE
        while True:
            try:
                async with await self._connected() as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    pause = FIRST_PAUSE
                    heard()
                    async for told in connection.notifies():
                        if not self._is_own(told.pid):
                            heard()
            except (psycopg.Error, OSError) as error:
                log.info("nobody can ring at this process, it looks by itself: %s", error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def close(self) -> None:
        """Let go of the database."""
        if self._ringing is not None:
            self._ringing.cancel()
            await asyncio.gather(self._ringing, return_exceptions=True)
        await self._drop()

    async def _ring(self) -> None:
        while self._again:
            self._again = False
            try:
                async with asyncio.timeout(SECONDS):
                    if self._rings is None or self._rings.closed:
                        self._rings = await self._connected()
                    await self._rings.execute(f"NOTIFY {CHANNEL}")
            except (psycopg.Error, OSError) as error:
                log.info("others look by themselves for what waits: %s", error)
                await self._drop()

    def _is_own(self, pid: int) -> bool:
        return self._rings is not None and self._rings.info.backend_pid == pid

    async def _drop(self) -> None:
        rings, self._rings = self._rings, None
        if rings is not None:
            with contextlib.suppress(psycopg.Error, OSError):
                await rings.close()

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            **engines.connecting(self._url), autocommit=True
        )


def bell_of(url: str) -> Bell | None:
    """The bell of a database; None for SQLite, whose processes are not worth one."""
    return Bell(url) if engines.sqlite_file(engines.parsed(url)) is None else None
