"""Refusals go on record, each one; a flood of the same is one entry with its count.

An outsider must not be able to fill the audit trail, so the same refusal is recorded when it
happens first, and those of the following minute as one more entry.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace

from frontdesk import FrontdeskError
from storage.people.facts import Denied
from storage.store import SqlStore

log = logging.getLogger("frontdesk.access")

WINDOW_SECONDS = 60.0
MOST_KINDS = 500
"""Different refusals within a window; what goes beyond is counted together."""


Key = tuple[object, ...]


@dataclass(slots=True)
class Counted:
    """A refusal, and how often it happened again within the window."""

    denied: Denied
    again: int = 0


class Denials:
    """Puts refusals on record."""

    def __init__(self, store: SqlStore, window: float = WINDOW_SECONDS) -> None:
        self._store = store
        self._window = window
        self._since: dict[Key, Counted] = {}
        self._closing: asyncio.Task[None] | None = None

    @property
    def is_flooded(self) -> bool:
        """Whether there were so many different ones that more are only counted together."""
        return len(self._since) >= MOST_KINDS

    async def add(self, denied: Denied) -> None:
        """Put a refusal on record, or count it; a record that fails is no reason to let in."""
        if _key(denied) not in self._since and self.is_flooded:
            denied = replace(denied, route="(many)", origin="", needs=())
        if counted := self._since.get(_key(denied)):
            counted.again += 1
            return
        self._since[_key(denied)] = Counted(denied)
        if self._closing is None or self._closing.done():
            self._closing = asyncio.create_task(self._close_window())
        await self._record(denied)

    async def flush(self) -> None:
        """Record what was counted."""
        counted, self._since = self._since, {}
        again = [replace(one.denied, count=one.again) for one in counted.values() if one.again]
        await self._record(*again)

    async def close(self) -> None:
        """Record what was counted, and count no more."""
        if self._closing is not None:
            self._closing.cancel()
            await asyncio.gather(self._closing, return_exceptions=True)
        await self.flush()

    async def _close_window(self) -> None:
        await asyncio.sleep(self._window)
        await self.flush()

    async def _record(self, *denied: Denied) -> None:
        try:
            await self._store.record(*denied)
        except FrontdeskError:
            log.exception("a refusal could not be recorded")


def _key(denied: Denied) -> Key:
    """What makes two refusals the same."""
    where = (denied.route, denied.method, denied.origin)
    return (denied.actor, denied.why, denied.needs, *where)
