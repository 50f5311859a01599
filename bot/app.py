"""The builder: the only place where the desk's parts are made and joined."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

from bot.clock import ticking
from bot.jobs import jobs
from bot.plugins.loader import load_plugins
from bot.plugins.outside import Outside, open_outside
from bot.plugins.permitting import permitted
from bot.plugins.registry import Loaded, Registry
from bot.settings import Settings
from bot.watchdog import watching
from frontdesk import SettingsError
from router.answer.knowledge.articles import Problem, knowledge_folder, load_articles
from router.answer.knowledge.index import KnowledgeIndex, KnowledgeSearch
from router.answer.knowledge.vectors import StoredVectors
from router.answer.quoting import Quoting
from router.answer.run import Installed, RunLimits, SpecialistRunner
from router.classify.cascade import Router
from router.classify.embedded import EmbeddedRouter
from router.classify.encoder import MiniLmEncoder, load_encoder
from router.classify.profiles import profile_of
from router.classify.settings import RoutingSettings
from router.endings import DraftMode
from router.facts import DeskStarted, DeskStopped
from router.flow import Desk
from router.outbox import DESK, Outbox
from router.ports import Messenger
from router.prompts.texts import ALL as PROMPTS
from router.validate import ValidationSettings, Validator, default_checks
from storage.database import open_store
from storage.facts import DESK as DESK_CHAIN
from storage.plugins import Standing, plugin_standing
from storage.spending import spent
from storage.store import SqlStore

log = logging.getLogger("frontdesk.app")


@dataclass(frozen=True, slots=True)
class Thinking:
    """What decides and answers, made of the installed plugins; it needs no database."""

    registry: Registry
    encoder: MiniLmEncoder
    router: Router
    specialists: SpecialistRunner
    validator: Validator
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class App:
    """A running desk and its parts."""

    settings: Settings
    store: SqlStore
    desk: Desk
    thinking: Thinking


@asynccontextmanager
async def open_app(settings: Settings, messenger: Messenger) -> AsyncIterator[App]:
    """Make the desk, say on record what it is made of, and close it in good order.

    Raises:
        SettingsError: a setting cannot be used.
        StoreError: the database cannot be opened.
    """
    store = await asyncio.to_thread(open_store, settings.database_url, settings.keys)
    try:
        standing = await plugin_standing(store)
        thinking = await asyncio.to_thread(think, settings, standing)
    except BaseException:
        await store.close()
        raise
    try:
        await store.record(_started(settings, thinking.registry))
        with watching(thinking.specialists.watch):
            async with (
                open_outside(settings.plugin_private_hosts) as outside,
                _with_models(_reaching(thinking, outside), settings, store) as whole,
            ):
                app = App(settings, store, _desk(whole, store, messenger, settings), whole)
                with ticking(jobs(app)):
                    yield app
        await store.record(DeskStopped(ticket=DESK_CHAIN, actor=DESK))
    finally:
        thinking.router.close()
        await store.close()


def _desk(thinking: Thinking, store: SqlStore, messenger: Messenger, settings: Settings) -> Desk:
    return Desk(
        store=store,
        router=thinking.router,
        specialists=thinking.specialists,
        validator=thinking.validator,
        messenger=messenger,
        outbox=Outbox(store, messenger),
        drafts=DraftMode(frozenset(settings.draft)),
    )


@asynccontextmanager
async def _with_models(
    thinking: Thinking, settings: Settings, store: SqlStore
) -> AsyncIterator[Thinking]:
    """Put the agents on language models in front, if there is a key."""
    if settings.anthropic_api_key is None:
        yield thinking
        return
    # The SDK takes a second to import, and only a desk with a key needs it.
    from bot.agents import make_agents  # noqa: PLC0415

    installed = thinking.specialists.installed
    specialists = [one.specialist for one in installed.values()]
    agents = make_agents(
        settings,
        specialists,
        [profile_of(specialist) for specialist in specialists],
        _routing(settings),
        fallback=thinking.specialists.answerer,
        record=store.record,
        spending=partial(spent, store),
    )
    router = Router(thinking.router.embedded, agents.router)
    try:
        yield replace(
            thinking,
            router=router,
            specialists=replace(thinking.specialists, answerer=agents.answerer, asker=agents.asker),
            validator=Validator(thinking.validator.checks, agent=agents.validator),
        )
    finally:
        router.close()
        await agents.gateway.close()


def _reaching(thinking: Thinking, outside: Outside) -> Thinking:
    return replace(thinking, specialists=replace(thinking.specialists, outside=outside))


def think(settings: Settings, standing: Standing | None = None) -> Thinking:
    """Load the plugins and fit everything to them. It computes for a second or so.

    `standing` is what operators have disabled and granted; nothing if not given.
    """
    standing = standing or Standing()
    disabled = {*settings.disabled_plugins, *standing.disabled}
    registry = load_plugins(disabled, settings.plugin_seconds, sources=settings.plugin_sources)
    encoder = load_encoder(settings.cache)
    vectors = StoredVectors(encoder, settings.cache)
    installed, problems = _installed(registry.specialists, settings, vectors, standing)
    profiles = [profile_of(loaded.specialist) for loaded in registry.specialists.values()]
    embedded = EmbeddedRouter(encoder, profiles, _routing(settings), settings.cache)
    secret = [one.specialist.instructions for one in installed.values()]
    validation = ValidationSettings(
        allowed_hosts=frozenset(settings.allowed_hosts),
        confidential=(*secret, *(prompt.text for prompt in PROMPTS)),
    )
    limits = RunLimits(seconds=settings.answer_seconds, in_flight=settings.answers_in_flight)
    return Thinking(
        registry,
        encoder,
        Router(embedded),
        SpecialistRunner(installed, Quoting(vectors), limits=limits),
        Validator(default_checks(validation)),
        problems,
    )


def _installed(
    specialists: Mapping[str, Loaded],
    settings: Settings,
    vectors: StoredVectors,
    standing: Standing,
) -> tuple[dict[str, Installed], tuple[Problem, ...]]:
    installed: dict[str, Installed] = {}
    problems: list[Problem] = []
    _need_own_articles(settings.knowledge, specialists)
    for name, loaded in specialists.items():
        folder = knowledge_folder(name, loaded.specialist.knowledge, settings.knowledge)
        library = load_articles(name, folder)
        problems += library.problems
        index = KnowledgeIndex.build(library.articles, vectors)
        installed[name] = permitted(loaded, standing, KnowledgeSearch(index))
    for problem in problems:
        log.warning("article left out: %s", problem)
    return installed, tuple(problems)


def _need_own_articles(folder: Path | None, specialists: Iterable[str]) -> None:
    """Refuse a folder that replaces nothing: answers would come from the sample articles.

    Raises:
        SettingsError: it has no folder of any specialist.
    """
    names = sorted(specialists)
    if folder is None or not names or any((folder / name).is_dir() for name in names):
        return
    raise SettingsError(
        f"FRONTDESK_KNOWLEDGE: {folder} has no folder for any specialist: make one named "
        f"{' or '.join(names)} in it, or name another folder"
    )


def _routing(settings: Settings) -> RoutingSettings:
    return RoutingSettings(
        go=settings.route_go, ask=settings.route_ask, max_questions=settings.questions
    )


def _started(settings: Settings, registry: Registry) -> DeskStarted:
    config = settings.model_dump_json(exclude={"anthropic_api_key"})
    return DeskStarted(
        ticket=DESK_CHAIN,
        actor=DESK,
        version=version("frontdesk"),
        config_digest=hashlib.sha256(config.encode()).hexdigest(),
        plugins=tuple(loaded.plugin for loaded in registry.specialists.values()),
        quarantined=tuple(f"{one.entry_point}:{one.reason.value}" for one in registry.quarantined),
    )
