"""What workers of several processes let each other know of."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from dataclasses import replace as changed
from typing import cast

from bot.engine.worker import Worker
from router.flow import Desk
from tests.bot.engine.test_worker import BRISK, Left, Turns, idle, item

LONG = 60.0


@dataclass
class Bell:
    """A bell that tells how often it was rung, and can be rung from outside."""

    rung: int = 0
    heard: list[Callable[[], None]] = field(default_factory=list)

    def ring(self) -> None:
        self.rung += 1

    async def listen(self, heard: Callable[[], None]) -> None:
        self.heard.append(heard)
        await asyncio.Event().wait()

    async def close(self) -> None:
        self.heard.clear()


async def _nothing(message: str) -> None:
    await asyncio.sleep(0.02)


async def test_process_that_sleeps_rings_for_the_others() -> None:
    bell = Bell()
    running = Worker(cast(Desk, Turns(_nothing)), Left(), pace=BRISK, bell=bell, asleep=True)
    running.wake(item("a"))
    assert (running.busy, bell.rung) == (0, 1)


async def test_process_rings_for_what_it_has_no_room_for_but_not_for_what_it_found() -> None:
    bell = Bell()
    running = Worker(cast(Desk, Turns(_nothing)), Left(), pace=BRISK, bell=bell)
    for number in range(2 * BRISK.in_flight):
        running.wake(item(f"m{number}", f"t{number}"))
    assert bell.rung == 0
    running.wake(item("own", "t98"))
    running.wake(changed(item("found", "t99"), found=True))
    assert bell.rung == 1
    await idle(running)


async def test_process_that_hears_the_bell_looks_at_once() -> None:
    ran: list[str] = []

    async def run(message: str) -> None:
        ran.append(message)

    bell, left = Bell(), Left()
    pace = changed(BRISK, look=LONG)
    running = Worker(cast(Desk, Turns(run)), left, pace=pace, bell=bell)
    looking = asyncio.create_task(running.run())
    await asyncio.sleep(0.05)
    left.items.append(changed(item("a"), found=True))
    bell.heard[0]()
    await asyncio.sleep(0.15)
    await idle(running)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    await running.close()
    assert ran == ["a"]
    assert bell.heard == []


async def test_what_another_process_has_by_now_does_not_wait_in_line_here() -> None:
    ran: list[str] = []
    free = asyncio.Event()

    async def run(message: str) -> None:
        ran.append(message)
        await free.wait()

    left = Left()
    running = Worker(cast(Desk, Turns(run)), left, pace=changed(BRISK, in_flight=1))
    mine = item("mine", "t1")
    running.wake(mine)
    await asyncio.sleep(0.1)
    looking = asyncio.create_task(running.run())
    left.items += [mine, changed(item("found", "t2"), found=True)]
    await asyncio.sleep(0.01)
    assert running.busy == 2
    await asyncio.sleep(3 * BRISK.look)
    assert running.busy == 1
    free.set()
    await idle(running)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    await running.close()
    assert ran == ["mine"]
