"""The worker's own rules, on a desk of stand-ins: order, bounds, patience, the way out."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from bot.engine.claiming import NoOthers, Turn
from bot.engine.lanes import Look, Waiting
from bot.engine.worker import Pace, Worker
from frontdesk import PostError, StoreError
from router.facts import TurnEnded
from router.flow import Desk
from router.ports import Steps
from router.records import Outcome, OutcomeKind
from storage.claims import Hold, Overtaken, Taken
from storage.steps import Erased
from tests.router.fakes import MemoryStore

BRISK = Pace(settle=0.02, longest_settle=0.2, in_flight=2, tries=3, first_pause=0.01, look=0.05)


@dataclass
class Turns:
    """A desk whose turns do what they are told; the rest of it is never reached."""

    run: Callable[[str], Awaitable[None]]
    store: MemoryStore = field(default_factory=MemoryStore)
    resumed: list[str] = field(default_factory=list)

    async def turn(self, message: str, steps: Steps | None = None) -> Outcome:
        await self.run(message)
        return Outcome(OutcomeKind.REPLIED, "t", message, "done")

    async def resume(self, message: str, steps: Steps | None = None) -> Outcome:
        self.resumed.append(message)
        return await self.turn(message)


@dataclass
class Left:
    """What the database says is waiting."""

    items: deque[Waiting] = field(default_factory=deque)
    failures: int = 0

    async def look(self, most: int) -> Look:
        if self.failures:
            self.failures -= 1
            raise StoreError("locked")
        found, self.items = list(self.items), deque()
        return Look(found)


def item(message: str, ticket: str = "t1", *, begun: bool = False) -> Waiting:
    return Waiting(message, ticket, "T1", f"C1:{ticket}", begun)


def worker(run: Callable[[str], Awaitable[None]], left: Left | None = None, **pace: Any) -> Worker:
    turns = cast(Desk, Turns(run))
    return Worker(turns, left or Left(), pace=Pace(**{**vars_of(BRISK), **pace}))


def vars_of(pace: Pace) -> dict[str, Any]:
    return {name: getattr(pace, name) for name in pace.__dataclass_fields__}


async def idle(running: Worker) -> None:
    async with asyncio.timeout(5):
        while running.busy:  # noqa: ASYNC110 - the worker tells nobody that it is idle
            await asyncio.sleep(0.01)


async def test_turns_of_one_ticket_run_one_after_the_other() -> None:
    log: list[str] = []

    async def run(message: str) -> None:
        log.append(f"+{message}")
        await asyncio.sleep(0.02)
        log.append(f"-{message}")

    running = worker(run)
    for name in ("a", "b", "c"):
        running.wake(item(name))
    await idle(running)
    assert log == ["+a", "-a", "+b", "-b", "+c", "-c"]


async def test_tickets_run_side_by_side_but_not_too_many() -> None:
    now, most = 0, 0

    async def run(message: str) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.03)
        now -= 1

    running = worker(run)
    for number in range(4):
        running.wake(item(f"m{number}", f"t{number}"))
    await idle(running)
    assert most == 2


async def test_turn_waits_until_nobody_writes_but_not_for_ever() -> None:
    began: list[float] = []
    clock = asyncio.get_running_loop().time

    async def run(message: str) -> None:
        began.append(clock())

    running = worker(run, settle=0.1, longest_settle=0.25)
    start = clock()
    for number in range(8):
        running.wake(item(f"m{number}"))
        await asyncio.sleep(0.05)
    assert 0.2 < began[0] - start < 0.35
    await idle(running)


async def test_same_message_is_taken_once() -> None:
    ran: list[str] = []

    async def run(message: str) -> None:
        ran.append(message)

    running = worker(run)
    running.wake(item("a"))
    running.wake(item("a"))
    await idle(running)
    assert ran == ["a"]


async def test_failing_turn_is_tried_again() -> None:
    tries: list[str] = []

    async def run(message: str) -> None:
        tries.append(message)
        if len(tries) < 3:
            raise RuntimeError("not yet")

    running = worker(run)
    running.wake(item("a"))
    await idle(running)
    assert len(tries) == 3


async def test_database_that_is_away_is_waited_for() -> None:
    tries = 0

    async def run(message: str) -> None:
        nonlocal tries
        tries += 1
        if tries < 8:
            raise StoreError("locked")

    running = worker(run, longest_pause=0.02)
    running.wake(item("a"))
    await idle(running)
    assert tries == 8


async def test_what_was_left_behind_is_resumed_at_once() -> None:
    async def run(message: str) -> None:
        pass

    left = Left(deque([item("old", begun=True)]), failures=2)
    running = worker(run, left, settle=0.1, longest_settle=9.0)
    looking = asyncio.create_task(running.run())
    desk = cast(Turns, running._desk)
    async with asyncio.timeout(3):
        while not desk.resumed:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.01)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    assert desk.resumed == ["old"]


async def test_closing_waits_for_a_turn_and_begins_no_other() -> None:
    ran: list[str] = []

    async def run(message: str) -> None:
        await asyncio.sleep(0.1)
        ran.append(message)

    running = worker(run, settle=0.0)
    running.wake(item("a"))
    running.wake(item("b"))
    await asyncio.sleep(0.05)
    await running.close()
    running.wake(item("c", "t2"))
    assert ran == ["a"]
    assert running.busy == 0


async def test_closing_gives_up_on_a_turn_that_hangs() -> None:
    async def run(message: str) -> None:
        await asyncio.Event().wait()

    running = worker(run, settle=0.0, grace=0.05)
    running.wake(item("a"))
    await asyncio.sleep(0.05)
    await asyncio.wait_for(running.close(), 2)
    assert running.busy == 0


@dataclass
class Others(NoOthers):
    """The claims of a process that has rivals: `theirs` are claimed by them."""

    theirs: set[str] = field(default_factory=set)
    waiting: Sequence[tuple[str, bool]] | None = None
    released: list[str] = field(default_factory=list)

    async def take(self, ticket: str) -> Taken | None:
        return None if ticket in self.theirs else Taken(Hold(ticket, "me", 1), "", self.waiting)

    async def release(self, hold: Hold) -> None:
        self.released.append(hold.name)


async def test_ticket_of_another_process_is_left_to_it() -> None:
    ran: list[str] = []

    async def run(message: str) -> None:
        ran.append(message)

    others = Others({"t1"})
    running = Worker(cast(Desk, Turns(run)), Left(), pace=BRISK, claims=others)
    running.wake(item("a", "t1"))
    running.wake(item("b", "t2"))
    await idle(running)
    assert ran == ["b"]
    assert others.released == ["t2"]


async def test_messages_run_in_the_order_that_the_database_has_them_in() -> None:
    ran: list[str] = []
    others = Others(waiting=[("older", True), ("b", False)])

    async def run(message: str) -> None:
        ran.append(message)
        others.waiting = []

    desk = Turns(run)
    running = Worker(cast(Desk, desk), Left(), pace=BRISK, claims=others)
    running.wake(item("b"))
    await idle(running)
    assert ran == ["older", "b"]
    assert desk.resumed == ["older"]


async def test_overtaken_turn_is_not_tried_again() -> None:
    tries: list[str] = []

    async def run(message: str) -> None:
        tries.append(message)
        raise Overtaken("another process has it")

    running = worker(run)
    running.wake(item("a"))
    await idle(running)
    assert tries == ["a"]


@dataclass
class Seen:
    """Notes what people are shown."""

    numbers: dict[str, list[int]] = field(default_factory=dict)
    left_alone: list[str] = field(default_factory=list)

    async def began(self, item: Waiting) -> None:
        pass

    async def in_line(self, item: Waiting, number: int) -> None:
        self.numbers.setdefault(item.message, []).append(number)

    async def left(self, item: Waiting) -> None:
        self.left_alone.append(item.message)

    async def ended(self, item: Waiting) -> None:
        pass


async def test_those_who_wait_are_told_which_number_they_are() -> None:
    free, seen = asyncio.Event(), Seen()

    async def run(message: str) -> None:
        await free.wait()

    left = Left(deque(item(f"m{n}", f"t{n}") for n in range(6)))
    running = Worker(cast(Desk, Turns(run)), left, seen, Pace(settle=0.0, in_flight=2, look=0.05))
    looking = asyncio.create_task(running.run())
    await asyncio.sleep(0.1)
    left.items = deque(item(f"m{n}", f"t{n}") for n in range(6))
    await asyncio.sleep(0.2)
    free.set()
    await idle(running)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    await running.close()
    assert seen.numbers == {"m2": [1], "m3": [2], "m4": [3], "m5": [4]}


async def test_what_there_is_no_room_for_is_not_kept_in_memory() -> None:
    async def run(message: str) -> None:
        await asyncio.sleep(0.02)

    running = worker(run, settle=0.0)
    for number in range(500):
        running.wake(item(f"m{number}", f"t{number}"))
    assert running.busy == 2 * BRISK.in_flight
    await idle(running)


async def test_turns_that_rest_after_a_failure_let_others_run() -> None:
    ran: list[str] = []

    async def run(message: str) -> None:
        if message.startswith("bad"):
            raise PostError("Slack is down")
        ran.append(message)

    running = worker(run, settle=0.0, in_flight=1, tries=99, first_pause=5.0)
    for name in ("bad1", "bad2", "good"):
        running.wake(item(name, name))
        await asyncio.sleep(0.05)
    assert ran == ["good"]
    await running.close()


async def test_turn_of_an_erased_person_ends_without_a_word() -> None:
    async def begin(taken: Taken, message: str, begun: bool) -> Turn:
        raise Erased("there is no key")

    async def run(message: str) -> None:
        raise AssertionError

    desk = Turns(run)
    running = Worker(cast(Desk, desk), Left(), pace=BRISK, begin=begin)
    running.wake(item("a"))
    await idle(running)
    (ended,) = desk.store.facts
    assert isinstance(ended, TurnEnded)
    assert (ended.outcome, ended.texts) == (OutcomeKind.QUIET, {})


async def test_process_that_sleeps_leaves_turns_to_others() -> None:
    async def run(message: str) -> None:
        raise AssertionError

    running = Worker(cast(Desk, Turns(run)), Left(), pace=BRISK, asleep=True)
    running.wake(item("a"))
    assert running.busy == 0
