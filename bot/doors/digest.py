"""The daily digest: announced once for each day, however many clocks run and whenever they do."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.doors.digest_picture import drawn
from bot.doors.digest_text import described, told
from router.notice_facts import Audience
from storage.doors.digest import DayFigures, Digests
from storage.notices import Notice, announce, is_announced
from storage.store import SqlStore

KEPT_AS = "digest"


@dataclass(frozen=True, slots=True)
class Telling:
    """When a day is told of, in whose time; `titles` are what people call the specialists."""

    at: time
    zone: ZoneInfo
    titles: Mapping[str, str]

    def day(self, now: datetime) -> date:
        """The day to tell of now: the one before the last time when a digest was due."""
        local = now.astimezone(self.zone)
        due = datetime.combine(local.date(), self.at, self.zone)
        slot = local.date() if local >= due else local.date() - timedelta(days=1)
        return slot - timedelta(days=1)


async def tell(
    store: SqlStore, telling: Telling, now: datetime, workspace: str, of: Collection[str]
) -> bool:
    """Announce the digest that is due in a workspace, on its tickets; False if it was before.

    A day is told of when its time has come or, after a pause, as soon as anybody looks again: the
    last day only, as older news is none. A desk that never had a ticket has nothing to tell.
    """
    day, digests = telling.day(now), Digests(store)
    notice = Notice(f"digest:{workspace}:{day:%Y-%m-%d}", Audience.STAFF, workspace)
    if await is_announced(store, notice.key) or not await digests.any_ticket():
        return False
    figures = await digests.day(day, telling.zone, of)
    texts = {"notice": told(figures, telling.titles)}
    if not figures.quiet:
        picture = await asyncio.to_thread(drawn, figures, telling.titles)
        digest = await store.keep(KEPT_AS, picture)
        notice = Notice(notice.key, notice.audience, notice.workspace, picture=digest)
        texts["alt"] = described(figures, telling.titles)
    return await store.write(lambda db, appender: announce(db, appender, notice, texts))


async def rendered(
    store: SqlStore, day: date, zone: ZoneInfo, titles: Mapping[str, str]
) -> tuple[DayFigures, str, bytes]:
    """A day of all workspaces: its figures, the text and the picture."""
    figures = await Digests(store).day(day, zone)
    return figures, told(figures, titles), await asyncio.to_thread(drawn, figures, titles)
