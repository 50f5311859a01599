"""A worker process that may die or freeze at any boundary of the turns that it runs."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import logging
import os
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from bot.engine import processes
from bot.engine.lanes import Look, Waiting
from bot.engine.second_look import SecondLook
from bot.engine.worker import Pace, Worker
from bot.llm.remembering import RememberingModel, digest
from frontdesk import Answer, Citation, Context, Reply, Specialist, StoreError, Ticket
from router.answer.asker import ModelAsker
from router.answer.run import Installed, RunLimits, SpecialistRunner
from router.facts import ModelCalled
from router.flow import Desk
from router.model import (
    ModelReply,
    ModelRequest,
    ModelTurn,
    Parsed,
    Recorder,
    Said,
    Schema,
    Stop,
)
from router.outbox import Outbox
from router.records import CheckResult, PluginRef
from router.validate import Draft, Validator
from storage import steps
from storage.backlog import Backlog
from storage.claims import Claims, Taken
from storage.database import open_store
from storage.doubts import Doubts
from storage.durable import durable, recording
from storage.store import SqlStore
from tests.faults.board import BoardMessenger
from tests.router.fakes import Sends

T = TypeVar("T")
SOURCE = "faults"
PATIENCE = 0.1
"""Seconds; the board takes a post much faster than Slack."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a process does. `kill`, `freeze` and `lost` are chances, at a boundary and of a post.

    `step_seconds` is how long each call of a model takes. Processes that are `told` know which
    other processes of their machine are gone; others have to wait until a lease has run out.
    """

    url: str
    keys: Path
    board: Path
    struck: Path
    seed: int
    kill: float = 0.0
    freeze: float = 0.0
    lost: float = 0.0
    lease: float = 1.0
    in_flight: int = 8
    step_seconds: float = 0.0
    told: bool = False


@dataclass
class Fate:
    """Decides at each boundary whether the process lives on."""

    plan: Plan
    chance: random.Random

    async def strike(self, point: str) -> None:
        """Live on, or not."""
        drawn = self.chance.random()
        if drawn < self.plan.kill:
            self._note(f"kill\t{point}")
            os.kill(os.getpid(), signal.SIGKILL)
        elif drawn < self.plan.kill + self.plan.freeze:
            self._note(f"freeze\t{point}")
            os.kill(os.getpid(), signal.SIGSTOP)

    def _note(self, line: str) -> None:
        with self.plan.struck.open("a") as file:
            file.write(line + "\n")


class Approves:
    """A check that lets everything out."""

    id = "approves"
    version = 1

    def check(self, draft: Draft) -> CheckResult:
        return CheckResult(self.id, self.version, passed=True)


class Asks(Specialist):
    """Asks a model twice for each answer."""

    def __init__(self) -> None:
        super().__init__(name="billing", title="Billing", handles="All.", examples=("Bill?",))

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        first = await context.ask("What is it about?", {"message": ticket.text})
        second = await context.ask("What is to be said?", {"message": ticket.text, "about": first})
        return Reply(second, (Citation("p1", "Bills", "bills", second),))


@dataclass
class Slow:
    """A model that takes its time and costs money: each call that ends is on record."""

    record: Recorder
    fate: Fate

    async def parse(self, request: ModelRequest, schema: type[Schema]) -> Parsed[Schema]:
        raise NotImplementedError

    async def converse(self, request: ModelRequest) -> ModelReply:
        await self.fate.strike("before the model")
        await asyncio.sleep(self.fate.plan.step_seconds)
        await self.fate.strike("after the model")
        await self.record(_called(request))
        text = f"Answer {digest(request)[:6]}"
        return ModelReply((Said(text),), (), Stop.DONE, ModelTurn("slow", []), "slow")


def _called(request: ModelRequest) -> ModelCalled:
    return ModelCalled(
        ticket=request.ticket,
        message=request.message,
        actor=request.actor,
        role=request.role,
        requested="slow",
        returned="slow",
        prompt=request.prompt.id,
        prompt_digest=request.prompt.digest,
        params_digest=digest(request),
        request_id="",
        stop_reason="end_turn",
        input_tokens=10,
        output_tokens=10,
        cache_read_tokens=0,
        cache_write_tokens=0,
        cost_microusd=5,
        latency_us=1,
        attempts=1,
    )


class Struck:
    """The steps of a turn, with a boundary before and after each."""

    def __init__(self, turn: steps.Turn, fate: Fate) -> None:
        self._turn = turn
        self._fate = fate

    def running(self) -> contextlib.AbstractContextManager[None]:
        return self._turn.running()

    def did(self, name: str) -> bool:
        return self._turn.did(name)

    async def run(self, name: str, result: type[T], call: Callable[[], Awaitable[T]]) -> T:
        await self._fate.strike(f"before {name.partition(':')[0]}")
        value = await self._turn.run(name, result, call)
        await self._fate.strike(f"after {name.partition(':')[0]}")
        return value


class Waits:
    """What waits in the database."""

    def __init__(self, backlog: Backlog) -> None:
        self._backlog = backlog

    async def look(self, most: int) -> Look:
        found = await self._backlog.look((SOURCE,), most)
        return Look(
            [
                Waiting(one.message, one.ticket, one.workspace, one.conversation, one.begun, True)
                for one in found.waiting
            ],
            found.stops,
        )


def make_worker(plan: Plan, store: SqlStore, fate: Fate) -> Worker:
    """A worker on a store, whose every boundary is dangerous."""
    desk = make_desk(plan, store, fate)
    gone = processes.is_gone if plan.told else lambda name: False
    claims = Claims(store, processes.name(), gone, plan.lease)

    async def begin(taken: Taken, message: str, begun: bool) -> Any:
        await fate.strike("before the beginning")
        about = steps.About(taken.hold, taken.subject, message)
        return Struck(await steps.begin(store, about, claims.alive_since, begun=begun), fate)

    pace = Pace(
        settle=0.0,
        in_flight=plan.in_flight,
        tries=50,
        first_pause=0.02,
        longest_pause=0.2,
        look=0.05,
    )
    queue = Waits(Backlog(store, processes.name(), gone, plan.lease))
    second = SecondLook(desk, Doubts(store, (SOURCE,), plan.lease), claims)
    return Worker(desk, queue, None, pace, claims, begin=begin, beside=(second.run,))


def make_desk(plan: Plan, store: SqlStore, fate: Fate) -> Desk:
    """A desk on a store, whose every boundary is dangerous."""
    board = BoardMessenger(plan.board, fate.strike, fate.chance, plan.lost)
    model = RememberingModel(Slow(recording(store), fate))
    plugin = PluginRef("billing", "tests", "1", "0" * 64)
    runner = SpecialistRunner(
        {"billing": Installed(Asks(), plugin)},
        answerer=None,  # type: ignore[arg-type]
        asker=ModelAsker(model),
        limits=RunLimits(seconds=60),
    )
    bare = Desk(
        store=store,
        router=Sends(),
        specialists=runner,
        validator=Validator([Approves()]),
        messenger=board,
        outbox=Outbox(store, board),
    )
    whole = durable(bare, store)
    return replace(whole, outbox=replace(whole.outbox, patience=PATIENCE))


async def serve(plan: Plan) -> None:
    """Run turns until killed."""
    _tell_on_request(plan)
    fate = Fate(plan, random.Random(plan.seed))
    store = await asyncio.to_thread(open_store, plan.url, plan.keys)
    worker = make_worker(plan, store, fate)
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGTERM,
        asyncio.current_task().cancel,  # type: ignore[union-attr]
    )
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(worker.run())
            tasks.create_task(_sequence(store))
    finally:
        await worker.close()
        await store.close()


def stacks(plan: Plan, pid: int | None) -> Path:
    """Where a process writes what it is doing when it gets `SIGUSR1` (tasks) or 2 (threads)."""
    return plan.struck.with_name(f"stacks-{pid}")


def _tell_on_request(plan: Plan) -> None:
    file = stacks(plan, os.getpid()).open("w")

    def tell() -> None:
        for task in asyncio.all_tasks():
            task.print_stack(file=file)
        file.flush()

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, tell)
    faulthandler.register(signal.SIGUSR2, file)


async def _sequence(store: SqlStore) -> None:
    while True:
        with contextlib.suppress(StoreError):
            await store.sequence()
        await asyncio.sleep(0.5)


def main(plan: Plan) -> None:
    """What a process runs."""
    logging.disable()
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(serve(plan))
