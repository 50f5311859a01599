"""Bringing a desk at work up to date with what operators decided: switches, grants, modes.

What was switched off when the desk started was never imported: that takes another start.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.plugins.moding import renew
from bot.plugins.permitting import permitted
from storage.conversations import microseconds
from storage.database import SystemClock
from storage.plugin_notices import tell_of_quarantine
from storage.plugins import Standing, plugin_standing

if TYPE_CHECKING:
    from bot.app import App

log = logging.getLogger("frontdesk.plugins")
SECONDS = 3.0
"""How soon what was decided is in force everywhere."""


@dataclass(slots=True)
class Renewing:
    """Looks at what stands on record, and applies it where it has changed."""

    app: App
    _known: Standing | None = field(default=None)

    async def tick(self) -> None:
        """Apply what has changed since the last time, and tell staff of what is out."""
        await tell_of_quarantine(self.app.store, microseconds(SystemClock().now()))
        standing = await plugin_standing(self.app.store)
        if standing == self._known:
            return
        if self._known is not None:
            log.warning("what operators decided about plugins has changed, and is in force now")
        self._apply(standing)
        self._known = standing

    def _apply(self, standing: Standing) -> None:
        loaded = self.app.thinking.registry.specialists
        renew(self.app.desk.modes, self.app.settings, standing, loaded)
        installed = self.app.desk.specialists.installed
        for name, one in loaded.items():
            installed[name] = permitted(one, standing, installed[name].knowledge)
