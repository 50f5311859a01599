"""A desk with nothing to think about: what is left of a turn is the engine and the record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.engine import processes
from bot.engine.lanes import Look, Waiting
from bot.engine.worker import Pace, Worker
from frontdesk import Answer, Citation, Context, Reply, Specialist, Ticket
from router.answer.run import Installed, SpecialistRunner
from router.facts import Fact
from router.flow import Desk
from router.outbox import Outbox
from router.records import (
    Band,
    CheckResult,
    Conversation,
    DecidedBy,
    Decision,
    Delivery,
    Matter,
    Outcome,
    PluginRef,
    Posting,
    Receipt,
)
from router.validate import Draft, Validator
from storage import steps
from storage.backlog import Backlog
from storage.bell import Bell, bell_of
from storage.claims import Claims, Taken
from storage.database import open_store
from storage.durable import durable
from storage.store import SqlStore

SOURCE = "bench"
TEXT = "I was charged twice for March, and the second invoice has no number. What can be done?"
SAID = "A charge that was made twice is refunded within five days, without anything to be done."
PLUGIN = PluginRef("billing", "benchmarks", "1", "0" * 64)


class Says(Specialist):
    """Says one thing, after a while."""

    def __init__(self, seconds: float) -> None:
        super().__init__(name="billing", title="Billing", handles="All.", examples=("Bill?",))
        self.seconds = seconds

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        """Say it."""
        if self.seconds:
            await asyncio.sleep(self.seconds)
        return Reply(SAID, (Citation("p1", "Refunds", "refunds.md", SAID),))


class Sends:
    """Sends all to one specialist."""

    async def decide(self, conversation: Conversation) -> tuple[Matter, ...]:
        """Send it."""
        decision = Decision(Band.GO, "billing", 9_000, DecidedBy.EMBEDDED, "It is about money.")
        return (Matter(conversation.message.text, decision),)


class Approves:
    """Lets everything out."""

    id = "approves"
    version = 1

    def check(self, draft: Draft) -> CheckResult:
        """Let it out."""
        return CheckResult(self.id, self.version, passed=True)


class Nowhere:
    """Posts nowhere, and notes when each turn's first step began."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}

    async def post(self, conversation: Conversation, outcome: Outcome, key: str) -> str:
        """Post nothing."""
        return key

    async def find(self, conversation: Conversation, key: str) -> str | None:
        """Nothing was posted."""
        return None

    async def withdraw(self, conversation: Conversation, key: str, kept: str) -> Sequence[str]:
        """Nothing is there twice."""
        return ()

    async def progress(self, conversation: Conversation, step: str) -> None:
        """Note when it began."""
        self.began.setdefault(conversation.message.id, time.perf_counter())


@dataclass
class Forgetful:
    """A store that keeps nothing but one conversation: the floor under every turn."""

    talk: Conversation
    facts: list[Fact] = field(default_factory=list)

    async def receive(self, delivery: Delivery) -> Receipt:
        """Nothing is kept."""
        return Receipt("m", "t", new=True)

    async def conversation(self, message: str) -> Conversation:
        """Always the same."""
        return self.talk

    async def record(self, *facts: Fact) -> tuple[str, ...]:
        """Nothing is kept."""
        return ()

    async def outcome(self, message: str) -> Outcome | None:
        """None is kept."""
        return None

    async def overtaken(self, message: str) -> str:
        """Nobody writes."""
        return ""

    async def unfinished(self) -> Sequence[str]:
        """None is kept."""
        return ()

    async def posting(self, message: str) -> Posting | None:
        """None is kept."""
        return None

    async def standing(self, message: str) -> Outcome | tuple[Conversation, Posting | None]:
        """Always at the beginning."""
        return self.talk, None


def desk_on(store: SqlStore | Forgetful, messenger: Nowhere, seconds: float = 0.0) -> Desk:
    """The desk on a store; its specialist takes some seconds."""
    runner = SpecialistRunner(
        {"billing": Installed(Says(seconds), PLUGIN)},
        answerer=None,  # type: ignore[arg-type]
    )
    return Desk(
        store=store,
        router=Sends(),
        specialists=runner,
        validator=Validator([Approves()]),
        messenger=messenger,
        outbox=Outbox(store, messenger),
    )


class Waits:
    """What waits in the database."""

    def __init__(self, backlog: Backlog) -> None:
        self._backlog = backlog

    async def look(self, most: int) -> Look:
        """The oldest."""
        found = await self._backlog.look((SOURCE,), most)
        return Look(
            [
                Waiting(one.message, one.ticket, one.workspace, one.conversation, one.begun, True)
                for one in found.waiting
            ]
        )


@dataclass(frozen=True, slots=True)
class Engine:
    """A store, and a worker that runs its turns."""

    store: SqlStore
    worker: Worker
    messenger: Nowhere
    bell: Bell | None = None

    async def idle(self) -> None:
        """Wait until no turn is left."""
        while self.worker.busy or await self.store.unfinished():  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.02)


@asynccontextmanager
async def engine(
    url: str, keys: Path, *, at_once: int, seconds: float = 0.0, look: float = 0.25
) -> AsyncIterator[Engine]:
    """Run the engine on a database for as long as the context lasts.

    Its `bell` is that of another process.
    """
    store = await asyncio.to_thread(open_store, url, keys)
    messenger = Nowhere()
    claims = Claims(store, processes.name(), processes.is_gone)

    async def begin(taken: Taken, message: str, begun: bool) -> steps.Turn:
        about = steps.About(taken.hold, taken.subject, message)
        return await steps.begin(store, about, claims.alive_since, begun=begun)

    worker = Worker(
        durable(desk_on(store, messenger, seconds), store),
        Waits(Backlog(store, processes.name(), processes.is_gone)),
        pace=Pace(settle=0.0, in_flight=at_once, look=look),
        claims=claims,
        begin=begin,
        bell=bell_of(url),
    )
    running = asyncio.create_task(worker.run())
    others = bell_of(url)
    try:
        yield Engine(store, worker, messenger, others)
    finally:
        if others is not None:
            await others.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await worker.close()
        await store.close()


def delivery(name: str, thread: str) -> Delivery:
    """A message in a thread."""
    return Delivery(
        id=name,
        source=SOURCE,
        text=TEXT,
        at=datetime.now(UTC),
        author_id=thread,
        conversation=thread,
    )
