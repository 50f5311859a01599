"""The desk verifies its own record again and again, and keeps what it found.

It is no proof against whoever has the desk itself; it is what notices first when something in the
database is not what was written.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from storage.ledger.verify import VerifyReport, verify
from storage.overview.verifying import keep_result

if TYPE_CHECKING:
    from bot.app import App

log = logging.getLogger("frontdesk.verifying")

CLOCK = "system:clock"


class Verifying:
    """Verifies the record of an open desk."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def tick(self) -> None:
        """Verify what is new since the last time, and keep the result."""
        await self.run(whole=False, by=CLOCK)

    async def run(self, *, whole: bool, by: str) -> VerifyReport:
        """Verify the `whole` record or what is new, for somebody (`by`), and keep the result.

        Raises:
            SettingsError: the database cannot be verified.
            StoreError: the result cannot be kept.
        """
        settings, began = self._app.settings, time.perf_counter()
        since = 0 if whole else None
        report = await asyncio.to_thread(verify, settings.database_url, settings.keys, since=since)
        took_us = int((time.perf_counter() - began) * 1_000_000)
        if not report.ok:
            log.error("the audit trail was altered: %s", report.findings[0].message)
        await keep_result(self._app.store, report, took_us=took_us, whole=whole, by=by)
        return report
