"""What is in force when a process begins: on record by digest, and put away, so that each resolves.

Settings, prompts, the examples that the router learns from, and the list of the files of every
plugin. The weights of models are named by digest too, and are too big to put away: their files come
with the packages that the lock names.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING

from bot.plugins.fingerprint import listing
from bot.plugins.registry import Registry
from router.classify.profiles import profiles_content
from router.facts import DeskStarted, Fact
from router.outbox import DESK
from router.prompts.texts import ALL as PROMPTS
from storage import engines
from storage.facts import DESK as DESK_CHAIN
from storage.ledger.artifacts import last_config
from storage.ledger.facts import ConfigChanged
from storage.store import SqlStore

if TYPE_CHECKING:
    from bot.app import Thinking
    from bot.settings import Settings


async def put_in_force(store: SqlStore, settings: Settings, thinking: Thinking) -> None:
    """Put away what is in force and say on record that the desk starts with it.

    Raises:
        StoreError: it could not be: the desk must not start.
    """
    config = await store.keep("config", configuration(settings))
    for prompt in PROMPTS:
        await store.keep("prompt", prompt.text.encode())
    await store.keep("examples", profiles_content(thinking.router.embedded.profiles))
    for digest in _plugins(thinking.registry):
        files = listing(digest)
        if files is not None:
            await store.keep("plugin", files.encode())
    before = await store.read(last_config)
    facts: list[Fact] = [_started(config, thinking.registry)]
    if before is not None and before != config:
        changed = ConfigChanged(ticket=DESK_CHAIN, actor=DESK, before=before, after=config)
        facts.insert(0, changed)
    await store.record(*facts)


def _plugins(registry: Registry) -> list[str]:
    """The digests of all plugins, those that only bring doors among them."""
    own = {one.plugin.digest for one in registry.specialists.values()}
    return sorted(own | {one.plugin.digest for one in registry.doors.values()})


def configuration(settings: Settings) -> bytes:
    """All settings as JSON; secrets are left out, and so is the database's password."""
    values = settings.model_dump(mode="json", exclude={"anthropic_api_key"})
    url = engines.parsed(settings.database_url)
    values["database_url"] = url.render_as_string(hide_password=True)
    return json.dumps(values, sort_keys=True, ensure_ascii=False).encode()


def _started(config: str, registry: Registry) -> DeskStarted:
    return DeskStarted(
        ticket=DESK_CHAIN,
        actor=DESK,
        version=version("frontdesk"),
        config_digest=config,
        plugins=tuple(loaded.plugin for loaded in registry.specialists.values()),
        quarantined=tuple(f"{one.entry_point}:{one.reason.value}" for one in registry.quarantined),
    )
