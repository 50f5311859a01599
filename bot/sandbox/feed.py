"""Tells whoever watches that something changed: the page's stream and `Sandbox.wait_for`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator


class Feed:
    """A counter that can be waited on. Watchers read the state themselves; no change is queued."""

    def __init__(self) -> None:
        self.version = 0
        self._woken = asyncio.Event()

    def changed(self) -> None:
        """Count one change and wake everybody who waits."""
        self.version += 1
        self._woken.set()
        self._woken = asyncio.Event()

    async def after(self, version: int) -> int:
        """Wait until the counter has passed `version`; return where it stands now."""
        while self.version <= version:
            await self._woken.wait()
        return self.version

    async def versions(self) -> AsyncIterator[int]:
        """Yield the counter now and after every change, skipping those that came meanwhile."""
        seen = self.version
        yield seen
        while True:
            seen = await self.after(seen)
            yield seen
