"""The builder: the only place where the desk's parts are made and joined."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from bot.clock.clockwork import ticking
from bot.clock.jobs import Job, jobs
from bot.doors.messenger import ByDoor
from bot.in_force import put_in_force
from bot.parts import ALL, Part, Parts
from bot.plugins.doors import DoorKind
from bot.plugins.loader import load_plugins
from bot.plugins.moding import modes_of
from bot.plugins.outside import Outside, open_outside
from bot.plugins.registry import Registry
from bot.plugins.shelf import Shelf, installed_from, shelf
from bot.seeing.meters import Meters
from bot.seeing.spans import tracing
from bot.seeing.watch import Watch
from bot.seeing.watchdog import watching
from bot.settings import Settings
from router.answer.breaker import BreakerLimits
from router.answer.knowledge.articles import Problem
from router.answer.knowledge.vectors import StoredVectors
from router.answer.quoting import Quoting
from router.answer.run import RunLimits, SpecialistRunner
from router.classify.cascade import Router
from router.classify.embedded import EmbeddedRouter
from router.classify.encoder import MiniLmEncoder, load_encoder
from router.classify.profiles import profile_of, profiles_content
from router.classify.settings import RoutingSettings
from router.facts import DeskStopped
from router.flow import Desk
from router.modes import Modes
from router.outbox import DESK, Outbox
from router.ports import Messenger
from router.prompts.texts import ALL as PROMPTS
from router.validate import Check, ValidationSettings, Validator, default_checks
from router.validate.added import added
from storage.database import open_store
from storage.durable import recording
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
    shelf: Shelf

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Articles that could not be used."""
        return self.shelf.problems


@dataclass(frozen=True, slots=True)
class App:
    """A running desk and its parts."""

    settings: Settings
    store: SqlStore
    desk: Desk
    thinking: Thinking
    watch: Watch = field(default_factory=Watch)


@asynccontextmanager
async def open_app(
    settings: Settings, messenger: Messenger, parts: Parts = ALL
) -> AsyncIterator[App]:
    """Make the desk, say on record what it is made of, and close it in good order.

    A process that does not do all `parts` leaves what another does to it.

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
        modes = modes_of(settings, standing, thinking.registry.specialists)
        await put_in_force(store, settings, thinking)
        async with tracing() as spans:
            watch = Watch(Meters(), spans)
            store.witness.observers.append(watch.meters.committed)
            with watching(thinking.specialists.watch):
                async with (
                    open_outside(settings.plugin_private_hosts) as outside,
                    _with_models(_reaching(thinking, outside), settings, store, watch) as whole,
                ):
                    desk = _desk(whole, store, ByDoor(messenger), modes)
                    app = App(settings, store, desk, whole, watch)
                    async with ticking(store, _due(app, parts)):
                        yield app
        await store.record(DeskStopped(ticket=DESK_CHAIN, actor=DESK))
    finally:
        thinking.router.close()
        await store.close()


def _due(app: App, parts: Parts) -> tuple[Job, ...]:
    """The jobs of this process: without a clock only those that every process does."""
    return tuple(job for job in jobs(app) if Part.CLOCK in parts or not job.once)


def _desk(thinking: Thinking, store: SqlStore, messenger: Messenger, modes: Modes) -> Desk:
    return Desk(
        store=store,
        router=thinking.router,
        specialists=thinking.specialists,
        validator=thinking.validator,
        messenger=messenger,
        outbox=Outbox(store, messenger),
        modes=modes,
    )


@asynccontextmanager
async def _with_models(
    thinking: Thinking, settings: Settings, store: SqlStore, watch: Watch
) -> AsyncIterator[Thinking]:
    """Put the agents on language models in front, if there is a key."""
    if settings.anthropic_api_key is None:
        yield thinking
        return
    # The SDK takes a second to import, and only a desk with a key needs it.
    from bot.agents import make_agents  # noqa: PLC0415

    installed = thinking.specialists.installed
    specialists = [one.specialist for one in installed.values()]
    profiles = [profile_of(specialist) for specialist in specialists]
    await store.keep("examples", profiles_content(profiles))
    agents = make_agents(
        settings,
        specialists,
        profiles,
        _routing(settings),
        fallback=thinking.specialists.answerer,
        record=watch.spans.recording(recording(store)),
        spending=partial(spent, store),
        purse=thinking.specialists.purse,
        keep=store.keep,
    )
    watch.gateways.append(agents.gateway)
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
    full = shelf(settings, registry.specialists, vectors)
    installed = installed_from(full, registry.specialists, standing)
    profiles = [profile_of(loaded.specialist) for loaded in registry.specialists.values()]
    embedded = EmbeddedRouter(encoder, profiles, _routing(settings), settings.cache)
    secret = [one.specialist.instructions for one in installed.values()]
    validation = ValidationSettings(
        allowed_hosts=frozenset(settings.allowed_hosts),
        confidential=(*secret, *(prompt.text for prompt in PROMPTS)),
    )
    limits = RunLimits(
        seconds=settings.answer_seconds,
        in_flight=settings.answers_in_flight,
        breaker=BreakerLimits(
            settings.plugin_faults, settings.plugin_rest_seconds, settings.plugin_rests
        ),
    )
    return Thinking(
        registry,
        encoder,
        Router(embedded),
        SpecialistRunner(installed, Quoting(vectors), limits=limits),
        Validator((*default_checks(validation), *_added(registry))),
        full,
    )


def _added(registry: Registry) -> Iterator[Check]:
    """The checks of plugins: nobody has to grant them, for they can only add a no."""
    doors = registry.doors.values()
    return (added(one.offered) for one in doors if one.kind is DoorKind.CHECK)


def _routing(settings: Settings) -> RoutingSettings:
    return RoutingSettings(
        go=settings.route_go, ask=settings.route_ask, max_questions=settings.questions
    )
