"""What the clock does for privacy: erasures that wait, people who left, texts past their time."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.privacy import departures, retention
from storage.privacy.erasures import Erasures
from storage.privacy.leftovers import delete_exports, expire_exports

if TYPE_CHECKING:
    from bot.app import App

log = logging.getLogger("frontdesk.privacy")

ERASURES_SECONDS = 30.0
LETTING_GO_SECONDS = 3600.0


async def finish_erasures(app: App) -> None:
    """Carry out erasures that were approved and had to wait, or that a crash left half done."""
    settings = app.settings
    done = await Erasures(app.store, settings.key_backup_days, settings.exports).tick()
    if done:
        log.info("erasures carried out: %d", done)


async def let_go(app: App) -> None:
    """Erase what is past its time, and the people of workspaces that left a month ago."""
    settings = app.settings
    days = retention.days_of(settings.retention_days, settings.retention)
    erased = await retention.apply(app.store, days)
    people = await departures.erase_due(app.store, backup_days=settings.key_backup_days)
    if people:
        await delete_exports(app.store, settings.exports)
    days_kept = timedelta(days=settings.export_days)
    if expired := await expire_exports(app.store, settings.exports, days_kept):
        log.info("exports with texts past their time: %d", expired)
    if erased.due or people:
        log.info("texts past their time: %d; people who left: %d", sum(erased.due.values()), people)
