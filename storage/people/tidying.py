"""Forgetting what is over: sessions, links, and results of verifications long ago."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, delete

from storage.ledger.append import Appender
from storage.people.tables import ACCOUNT_LINK, VERIFY_RUN, WEB_SESSION
from storage.store import SqlStore

RESULTS = timedelta(days=90)
"""How long results of verifications are kept; the entries about them stay."""


async def forget_over(store: SqlStore, idle: timedelta) -> None:
    """Forget sessions that are over or `idle` for so long, old links, and old results."""

    def job(connection: Connection, appender: Appender) -> None:
        now_us = appender.now_us()
        idle_us, old_us = (one // timedelta(microseconds=1) for one in (idle, RESULTS))
        over = (WEB_SESSION.c.ends_us < now_us) | (WEB_SESSION.c.seen_us < now_us - idle_us)
        connection.execute(delete(WEB_SESSION).where(over))
        connection.execute(delete(ACCOUNT_LINK).where(ACCOUNT_LINK.c.until_us < now_us))
        connection.execute(delete(VERIFY_RUN).where(VERIFY_RUN.c.at_us < now_us - old_us))

    await store.write(job)
