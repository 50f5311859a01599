"""The desk verifies its own record again and again, and keeps what it found.

Every few minutes it looks at what is new, and once a night at everything: what was changed in an
entry that was verified before is found by that alone.

It is no proof against whoever has the desk itself; it is what notices first when something in the
database is not what was written.
"""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from storage.ledger.verify import VerifyReport
from storage.ledger.verify.going_on import verify_on
from storage.overview.verifying import keep_result, last_whole

if TYPE_CHECKING:
    from bot.app import App

log = logging.getLogger("frontdesk.verifying")

CLOCK = "system:clock"


class Verifying:
    """Verifies the record of an open desk."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def tick(self) -> None:
        """Verify what is new since the last time, or at night everything; keep the result."""
        await self.run(whole=await self._night_is_due(), by=CLOCK)

    async def _night_is_due(self) -> bool:
        """Whether nobody has verified everything since the hour for it came last.

        A desk that was down at that hour does it as soon as it is up again.
        """
        settings = self._app.settings
        if not settings.verify_nightly:
            return False
        last = await last_whole(self._app.store)
        return last is None or last < latest(settings.verify_hour, datetime.now(UTC))

    async def run(self, *, whole: bool, by: str) -> VerifyReport:
        """Verify the `whole` record or what is new, for somebody (`by`), and keep the result.

        Raises:
            SettingsError: the database cannot be verified.
            StoreError: the result cannot be kept.
        """
        settings, began = self._app.settings, time.perf_counter()
        since = 0 if whole else None
        url, keys = settings.database_url, settings.keys
        report = await asyncio.to_thread(verify_on, url, keys, since=since)
        took_us = int((time.perf_counter() - began) * 1_000_000)
        if not report.ok:
            log.error("the audit trail was altered: %s", report.findings[0].message)
        await keep_result(self._app.store, report, took_us=took_us, whole=whole, by=by)
        return report


def latest(hour: int, now: datetime) -> datetime:
    """When it was this hour of the day last."""
    today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)
