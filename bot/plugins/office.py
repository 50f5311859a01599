"""Where operators' decisions about plugins go on record; nothing of a plugin is imported for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.settings import Settings
from router.answer.permit import Manifest
from router.modes import ModeRule
from router.plugin_facts import (
    PluginDisabled,
    PluginEnabled,
    PluginGranted,
    PluginModeSet,
    PluginRevoked,
)
from router.records import PluginRef
from storage.database import open_store
from storage.engines import parsed, sqlite_file
from storage.facts import DESK
from storage.plugins import Standing, plugin_standing
from storage.store import SqlStore

OPERATOR = "human:operator"
"""Who decides: whoever may run commands on the desk's machine."""


class PluginOffice:
    """Decisions about plugins: each is an entry of its own, in force within seconds."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def standing(self) -> Standing:
        """What is in force."""
        return await plugin_standing(self._store)

    async def grant(self, manifest: Manifest, plugin: PluginRef) -> None:
        """Grant exactly what a manifest asks for."""
        await self._store.keep("manifest", manifest.content)
        await self._store.record(
            PluginGranted(
                ticket=DESK,
                actor=OPERATOR,
                specialist=manifest.specialist,
                distribution=plugin.distribution,
                version=plugin.version,
                manifest=manifest.digest,
                hosts=manifest.hosts,
                secrets=manifest.secrets,
                changes=manifest.changes,
                thread=manifest.thread,
                handoff=manifest.handoff,
                microusd=manifest.microusd,
                door=manifest.door,
            )
        )

    async def revoke(self, specialist: str) -> bool:
        """Take a grant back; False if there was none."""
        if specialist not in (await self.standing()).grants:
            return False
        await self._store.record(PluginRevoked(ticket=DESK, actor=OPERATOR, specialist=specialist))
        return True

    async def disable(self, name: str) -> bool:
        """Switch off whatever is called `name`; False if it is off already."""
        if name in (await self.standing()).disabled:
            return False
        await self._store.record(PluginDisabled(ticket=DESK, actor=OPERATOR, name=name))
        return True

    async def enable(self, name: str) -> bool:
        """Switch it on again; False if it was not off."""
        if name not in (await self.standing()).disabled:
            return False
        await self._store.record(PluginEnabled(ticket=DESK, actor=OPERATOR, name=name))
        return True

    async def set_mode(self, rule: ModeRule) -> None:
        """Say how far a specialist may go."""
        await self._store.record(
            PluginModeSet(
                ticket=DESK,
                actor=OPERATOR,
                specialist=rule.specialist,
                mode=rule.mode.value,
                workspace=rule.workspace,
                channel=rule.channel,
            )
        )


async def recorded_standing(settings: Settings) -> Standing:
    """What is in force, for a command that only looks: it makes no database.

    Raises:
        SettingsError: there is a database, and it cannot be opened.
    """
    file = sqlite_file(parsed(settings.database_url))
    if file is not None and not file.exists():
        return Standing()
    async with open_office(settings) as office:
        return await office.standing()


@asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[PluginOffice]:
    """Open the record for decisions, for as long as the context lasts.

    Raises:
        SettingsError: the database cannot be opened.
    """
    store = await asyncio.to_thread(open_store, settings.database_url, settings.keys)
    try:
        yield PluginOffice(store)
        await store.sequence()
    finally:
        await store.close()
