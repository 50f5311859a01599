"""Whatever comes in which order, and whoever dies or sleeps in between: each is answered once."""

import asyncio
import random
import tempfile
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, rule

from bot.engine.second_look import SecondLook
from frontdesk import PostError, StoreError
from router.facts import MessageRetracted
from router.human_facts import HumanTookOver
from router.records import Delivery, Receipt
from storage import steps
from storage.claims import Claims
from storage.database import open_store
from storage.doubts import AFTER, Doubts
from tests.faults import board
from tests.faults.verdict import judge, sound
from tests.faults.victim import SOURCE, Fate, Plan, Struck, make_desk

T = TypeVar("T")
STAFF = "human:" + "5" * 32
THREADS = some.integers(0, 2)
LAST = 24
"""A turn has some twenty boundaries."""

BOUNDARIES = some.integers(0, LAST)


class Crash(BaseException):
    """The process is gone: nothing may catch this."""


@dataclass
class Doomed(Fate):
    """Crashes, or sleeps until it is woken, at one boundary counted from here."""

    at: int = 1_000
    sleeps: bool = False
    slept: asyncio.Event = field(default_factory=asyncio.Event)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def strike(self, point: str) -> None:
        self.at -= 1
        if self.at != -1:
            return
        if not self.sleeps:
            raise Crash
        self.slept.set()
        await self.woken.wait()


class Interleavings(RuleBasedStateMachine):
    """A desk on SQLite, whose processes are only as alive as the rules let them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        home = Path(self.folder.name)
        self.plan = Plan(
            f"sqlite:///{home / 'desk.db'}", home / "keys", home / "board.db", home / "struck", 1
        )
        board.create(self.plan.board)
        self.loop = asyncio.new_event_loop()
        self.store = open_store(self.plan.url, self.plan.keys)
        self.receipts: list[tuple[Delivery, Receipt]] = []
        self.dead: set[str] = set()
        self.asleep: list[tuple[Doomed, asyncio.Task[None]]] = []
        self.processes = 0

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(asyncio.wait_for(work, 20))

    @rule(thread=THREADS)
    def message_comes(self, thread: int) -> None:
        name = f"d{len(self.receipts)}"
        delivery = Delivery(
            name, SOURCE, f"Question {name}", datetime.now(UTC), f"U{thread}", f"thread {thread}"
        )
        self.receipts.append((delivery, self.wait(self.store.receive(delivery))))

    @rule(which=some.integers(0, 50))
    def message_comes_again(self, which: int) -> None:
        if self.receipts:
            delivery, receipt = self.receipts[which % len(self.receipts)]
            again = self.wait(self.store.receive(delivery))
            assert (again.message, again.new) == (receipt.message, False)

    @rule(thread=THREADS)
    def message_is_edited(self, thread: int) -> None:
        """As the front door does it: the new words come first, then the old are taken back."""
        mine = [r for d, r in self.receipts if d.conversation == f"thread {thread}"]
        if mine:
            self.message_comes(thread)
            taken_back = MessageRetracted(
                ticket=mine[-1].ticket,
                message=mine[-1].message,
                actor="human:requester",
                why="edited",
            )
            self.wait(self.store.record(taken_back))

    @rule(thread=THREADS)
    def human_takes_over(self, thread: int) -> None:
        mine = [r for d, r in self.receipts if d.conversation == f"thread {thread}"]
        if mine:
            fact = HumanTookOver(ticket=mine[-1].ticket, message=mine[-1].message, actor=STAFF)
            with suppress(StoreError):  # somebody has it already
                self.wait(self.store.record(fact))

    @rule(at=BOUNDARIES)
    def process_works_and_dies(self, at: int) -> None:
        self.wait(self._until_it_dies(Doomed(self.plan, random.Random(1), at)))

    @rule(at=BOUNDARIES)
    def process_works_and_sleeps(self, at: int) -> None:
        fate = Doomed(self.plan, random.Random(1), at, sleeps=True)
        self.wait(self._until_it_sleeps(fate))

    @rule()
    def sleeper_wakes(self) -> None:
        if self.asleep:
            self.wait(self._woken(*self.asleep.pop(0)))

    @rule()
    def process_works(self) -> None:
        self.wait(self._work(Doomed(self.plan, random.Random(1))))

    @rule()
    def what_is_doubted_is_looked_at(self) -> None:
        self.wait(self._second_look())

    def teardown(self) -> None:
        while self.asleep:
            self.sleeper_wakes()
        while self.wait(self.store.unfinished()):
            self.process_works()
        for _ in AFTER:
            self.wait(self._second_look())
        if self.receipts:
            self.wait(judge(self.store, [r for _, r in self.receipts], self.plan.board))
            self.wait(self.store.sequence())
            sound(self.plan.url, self.plan.keys)
        self.loop.run_until_complete(self.store.close())
        self.loop.close()
        self.folder.cleanup()

    async def _until_it_dies(self, fate: Doomed) -> None:
        with suppress(Crash):
            await self._work(fate)

    async def _until_it_sleeps(self, fate: Doomed) -> None:
        working = asyncio.create_task(self._work(fate))
        sleeping = asyncio.create_task(fate.slept.wait())
        await asyncio.wait({working, sleeping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            sleeping.cancel()
            working.result()
        else:
            self.dead.add(working.get_name())
            self.asleep.append((fate, working))

    async def _woken(self, fate: Doomed, working: asyncio.Task[None]) -> None:
        fate.woken.set()
        await working

    async def _second_look(self) -> None:
        """Look at what may stand there twice, as if the time for it had come."""
        desk = make_desk(self.plan, self.store, Doomed(self.plan, random.Random(1)))
        claims = Claims(self.store, "looker", lambda other: other in self.dead)
        await SecondLook(desk, Doubts(self.store, (SOURCE,), seconds=0.0), claims).tick()

    async def _work(self, fate: Doomed) -> None:
        """Run all that waits, as a process of its own that is known to be dead when it ends."""
        self.processes += 1
        name = f"process {self.processes}"
        asyncio.current_task().set_name(name)  # type: ignore[union-attr]
        claims = Claims(self.store, name, lambda other: other in self.dead)
        tickets = {receipt.ticket: None for _, receipt in self.receipts}
        try:
            for ticket in tickets:
                with suppress(StoreError, PostError):
                    await self._ticket(ticket, claims, fate)
        finally:
            self.dead.add(name)

    async def _ticket(self, ticket: str, claims: Claims, fate: Doomed) -> None:
        taken = await claims.take(ticket)
        if taken is None:
            return
        me = taken.hold.holder
        desk = make_desk(self.plan, self.store, fate)
        for message, begun in taken.waiting or ():
            about = steps.About(taken.hold, taken.subject, message)
            turn = await steps.begin(self.store, about, lambda _: me not in self.dead, begun=begun)
            with turn.running():
                run = desk.resume if begun else desk.turn
                await run(message, Struck(turn, fate))
        await claims.release(taken.hold)


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(
    max_examples=12,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.parametrize("at", range(LAST))
def test_thread_moves_on_while_a_process_sleeps_at_any_boundary(at: int) -> None:
    """What it posts when it wakes was withheld meanwhile: it is on record all the same."""
    desk = Interleavings()
    desk.message_comes(0)
    desk.process_works_and_sleeps(at)
    desk.message_comes(0)
    desk.process_works()
    desk.teardown()
