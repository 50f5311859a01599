"""What `/metrics` says: the meters, and what the tables say at that moment."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.app import App
from bot.seeing.meters import Meters
from bot.seeing.readiness import PATIENCE_SECONDS, now
from frontdesk import StoreError
from storage.depths import Depths


async def scrape(app: App, health: dict[str, Any]) -> bytes:
    """All meters of this process, brought up to date."""
    meters = app.watch.meters
    meters.lanes.set(health.get("tickets_at_work") or 0)
    meters.sockets.set(health.get("sockets") or 0)
    _breakers(app, meters)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            _waiting(meters, await now(app))
        meters.database_up.set(1)
    except (StoreError, TimeoutError):
        meters.database_up.set(0)
    return meters.text()


def _waiting(meters: Meters, waits: Depths) -> None:
    for what, count in (
        ("turns", waits.turns),
        ("turns_begun", waits.turns_begun),
        ("entries", waits.pending),
        ("posts", waits.posts_intended),
        ("notices", waits.notices),
        ("cards", waits.cards),
        ("replies", waits.replies),
    ):
        meters.waiting.labels(what).set(count)
    meters.oldest.labels("turns").set(waits.oldest_turn)
    meters.oldest.labels("entries").set(waits.oldest_pending)
    meters.oldest.labels("notices").set(waits.oldest_notice)
    meters.clock_skew.set(waits.clock_skew)
    meters.clock_silent.set(-1 if waits.clock_silent is None else waits.clock_silent)


def _breakers(app: App, meters: Meters) -> None:
    for name, is_open in app.desk.specialists.left_alone.items():
        meters.breakers.labels("specialist", name).set(is_open)
    for name, is_open in app.watch.models().items():
        meters.breakers.labels("model", name).set(is_open)
