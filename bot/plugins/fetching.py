"""Bringing articles from the sources of plugins, when the desk starts and from time to time.

What a source brings is read as strictly as a file in the folder. When it fails, or brings nothing
that can be used, the specialist keeps what it had.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.plugins.door_context import GrantedContext, context_of
from bot.plugins.doors import Door, DoorKind
from router.answer.knowledge.articles import Article, article_of
from router.plugin_facts import KnowledgeRenewed
from storage.facts import DESK as DESK_CHAIN
from storage.plugins import plugin_standing

if TYPE_CHECKING:
    from bot.app import App

log = logging.getLogger("frontdesk.knowledge")
SECONDS = 5.0
"""How often is looked whether a source is due."""
CALL_SECONDS = 120.0
MOST_ARTICLES = 2_000


class Fetching:
    """Runs the granted sources of an open desk."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._due: dict[str, float] = {}

    async def tick(self) -> None:
        """Fetch from every source that is due."""
        registry = self._app.thinking.registry
        sources = [one for one in registry.doors.values() if one.kind is DoorKind.SOURCE]
        due = [one for one in sources if time.monotonic() >= self._due.get(one.name, 0.0)]
        if not due:
            return
        standing = await plugin_standing(self._app.store)
        for door in due:
            context = context_of(door, standing, self._app.desk.specialists.outside)
            if context is not None:
                self._due[door.name] = time.monotonic() + float(door.offered.seconds)
                await self._fetch(door, context)

    async def _fetch(self, door: Door, context: GrantedContext) -> None:
        specialist = str(door.offered.specialist)
        if specialist not in self._app.desk.specialists.installed:
            log.warning("%s brings articles to %s, which is not there", door.name, specialist)
            return
        try:
            async with asyncio.timeout(CALL_SECONDS):
                brought = list(await door.offered.fetch(context))[:MOST_ARTICLES]
            articles = [_article(specialist, door.name, one) for one in brought]
        # A stranger's code may raise anything; what was known stays.
        except Exception as error:
            log.warning("the source %s failed, its last articles stay", door.name, exc_info=error)
            return
        if self._app.thinking.shelf.bring(specialist, door.name, articles):
            await self._renew(door, specialist, len(articles))

    async def _renew(self, door: Door, specialist: str, number: int) -> None:
        shelf, installed = self._app.thinking.shelf, self._app.desk.specialists.installed
        search = await asyncio.to_thread(shelf.search, specialist)
        installed[specialist] = replace(installed[specialist], knowledge=search)
        await self._app.store.keep("knowledge", search.index.listing.encode())
        await self._app.store.record(
            KnowledgeRenewed(
                ticket=DESK_CHAIN,
                actor=f"plugin:{door.name}",
                specialist=specialist,
                source=door.name,
                articles=number,
                digest=search.index.digest,
            )
        )


def _article(specialist: str, source: str, brought: Any) -> Article:
    """A source's article in the shape of the others.

    Raises:
        ValueError: it cannot be used; the text says why.
    """
    name = hashlib.sha256(str(brought.source).encode()).hexdigest()[:12]
    fields = {"title": brought.title, "source": brought.source, "updated": brought.updated}
    return article_of(specialist, f"{source}/{name}", fields, str(brought.text))
