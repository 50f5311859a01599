"""Articles from elsewhere: the change log, for the product specialist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from frontdesk import Article, DoorContext

from acme_watch.place import ASKS, call


class Changes:
    """What changed in the product, fetched every hour."""

    name = "acme-changes"
    specialist = "product"
    seconds = 3600.0
    permissions = ASKS

    async def fetch(self, context: DoorContext) -> Sequence[Article]:
        """The whole change log."""
        found = (await call(context, "GET", "/changes")).json()
        return [
            Article(one["title"], one["source"], one["text"], date.fromisoformat(one["updated"]))
            for one in found
        ]
