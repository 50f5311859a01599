"""The fault machine: keeps processes running that die and freeze, until all work is done."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import select

from frontdesk import StoreError
from router.records import Delivery, Receipt
from storage.store import SqlStore
from storage.tables import MESSAGE, TurnState
from tests.faults import board, victim
from tests.faults.victim import SOURCE, Plan

LOOK = 0.05
CALM, CALM_WITHIN = 1.0, 30.0
"""Seconds in which nothing may happen any more, and until when that must be so."""
DOORS = 4
"""How many messages come in at once."""

_ANY = select(MESSAGE.c.id).where(MESSAGE.c.turn_state != TurnState.ENDED).limit(1)
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.victim"])


@dataclass
class Ran:
    """What a run came to: how long it took, and what it survived, by kind and boundary."""

    seconds: float
    receipts: list[Receipt]
    struck: Counter[str] = field(default_factory=Counter)

    @property
    def kills(self) -> int:
        """How many processes were killed."""
        return sum(count for line, count in self.struck.items() if line.startswith("kill"))

    @property
    def freezes(self) -> int:
        """How many were frozen, and woken again."""
        return sum(count for line, count in self.struck.items() if line.startswith("freeze"))


@dataclass
class Machine:
    """Some processes on one database. `frozen_for` is how long one that froze is left so."""

    plan: Plan
    workers: int = 1
    frozen_for: float = 2.0
    _running: list[BaseProcess] = field(default_factory=list)
    _frozen: dict[int, float] = field(default_factory=dict)
    _started: int = 0

    @property
    def holds_frozen(self) -> bool:
        """Whether a process has not been woken yet."""
        return any(_is_stopped(process.pid or 0) for process in self._running)

    @contextmanager
    def on(self) -> Iterator[None]:
        """Have the processes run for as long as the context lasts."""
        self._running = [self._start() for _ in range(self.workers)]
        try:
            yield
        finally:
            for process in self._running:
                _wake(process.pid or 0)
                process.kill()
                process.join()

    def tend(self) -> None:
        """Wake whoever was frozen for long enough, and replace the dead."""
        for place, process in enumerate(self._running):
            pid = process.pid or 0
            if not process.is_alive():
                process.join()
                self._frozen.pop(pid, None)
                self._running[place] = self._start()
            elif _is_stopped(pid):
                since = self._frozen.setdefault(pid, time.monotonic())
                if time.monotonic() - since > self.frozen_for:
                    del self._frozen[pid]
                    _wake(pid)

    async def doing(self) -> str:
        """What the processes are doing now: the stacks of their tasks and threads."""
        pids = [process.pid or 0 for process in self._running if process.is_alive()]
        for asked in (signal.SIGUSR1, signal.SIGUSR2):
            for pid in pids:
                _send(pid, asked)
            await asyncio.sleep(1.0)
        return "\n".join(f"{pid}\n{victim.stacks(self.plan, pid).read_text()}" for pid in pids)

    def _start(self) -> BaseProcess:
        self._started += 1
        plan = replace(self.plan, seed=self.plan.seed * 1_000 + self._started)
        process = FORKS.Process(target=victim.main, args=(plan,), daemon=True)
        process.start()
        return process


async def run(
    machine: Machine, store: SqlStore, *, messages: int, threads: int, within: float
) -> Ran:
    """Let messages come in, some of them twice, and wait until all turns have ended.

    Raises:
        TimeoutError: some have not; it says what the processes were doing.
    """
    machine.plan.struck.touch()
    board.create(machine.plan.board)
    chance, began = random.Random(machine.plan.seed), time.monotonic()
    with machine.on():
        coming = asyncio.create_task(come_in(store, chance, messages, threads))
        until = began + within
        while not coming.done() or await _is_unfinished(store):
            machine.tend()
            await asyncio.sleep(LOOK)
            if time.monotonic() > until:
                raise TimeoutError(f"seed {machine.plan.seed}: {await machine.doing()}")
        took = time.monotonic() - began
        await _calm(machine)
    lines = machine.plan.struck.read_text().splitlines()
    return Ran(took, await coming, Counter(lines))


async def _calm(machine: Machine) -> None:
    """Let whoever was frozen wake up and put right what it did meanwhile."""
    quiet_since = time.monotonic()
    until = quiet_since + CALM_WITHIN
    while time.monotonic() < min(quiet_since + CALM, until):
        machine.tend()
        if machine.holds_frozen or board.twice(machine.plan.board):
            quiet_since = time.monotonic()
        await asyncio.sleep(LOOK)


async def _is_unfinished(store: SqlStore) -> bool:
    """Whether any turn has not ended; asked so often that it must not read them all."""
    try:
        return bool(await store.read(lambda db: db.execute(_ANY).first()))
    except StoreError:
        return True


async def come_in(
    store: SqlStore, chance: random.Random, messages: int, threads: int
) -> list[Receipt]:
    """Keep messages as the front door does, several at once; some are delivered more than once."""
    receipts: dict[str, Receipt] = {}

    async def come(first: int) -> None:
        for number in range(first, messages, DOORS):
            delivery = _delivery(number, number % threads)
            receipts[delivery.id] = await delivered(store, delivery)
            if chance.random() < 0.1:
                again = await delivered(store, delivery)
                assert again.message == receipts[delivery.id].message
            if number % threads >= threads - DOORS:
                await asyncio.sleep(0.1)

    await asyncio.gather(*map(come, range(DOORS)))
    return list(receipts.values())


async def delivered(store: SqlStore, delivery: Delivery) -> Receipt:
    """Deliver until it is acknowledged, as Slack does for a while."""
    while True:
        try:
            return await store.receive(delivery)
        except StoreError:
            await asyncio.sleep(0.2)


def _delivery(number: int, thread: int) -> Delivery:
    return Delivery(
        id=f"d{number}",
        source=SOURCE,
        text=f"Question {number}",
        at=datetime.now(UTC),
        author_id=f"U{thread}",
        conversation=f"thread {thread}",
    )


def _is_stopped(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "T"


def _wake(pid: int) -> None:
    _send(pid, signal.SIGCONT)


def _send(pid: int, what: signal.Signals) -> None:
    with suppress(OSError):
        os.kill(pid, what)
