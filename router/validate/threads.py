"""Running things off the event loop in a thread that may hang for ever.

The threads of an executor are joined when the program ends, so one that hangs would keep the desk
from stopping. A daemon thread is simply left behind. Many calls share one thread, and one that has
done its work waits for more, because starting a thread costs more than most calls.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ran:
    """What one call gave or raised, and how long it took."""

    value: Any
    error: BaseException | None
    duration_us: int


class Row:
    """Calls that run one after the other in a thread of their own."""

    def __init__(self, calls: Sequence[Callable[[], Any]], ended: Callable[[], None]) -> None:
        self._calls = calls
        self._ended = ended
        self._ran: list[Ran] = []
        self._abandoned = False

    async def run(self, seconds: float) -> list[Ran]:
        """What the calls gave that were done in time; the next one hangs, the rest never ran.

        `ended` runs on the event loop when the thread ends, however late.
        """
        loop = asyncio.get_running_loop()
        finished = asyncio.Event()

        def settle() -> None:
            finished.set()
            self._ended()

        def work() -> None:
            self._work()
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settle)

        _in_spare_thread(work)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await finished.wait()
        finally:
            self._abandoned = True
        return list(self._ran)

    def _work(self) -> None:
        for call in self._calls:
            if self._abandoned:
                return
            self._ran.append(run(call))


_Work = Callable[[], None]
_Door = queue.SimpleQueue[_Work]
_SPARE: deque[_Door] = deque()
"""Where threads wait that have nothing to do; one that hangs never comes back to it."""
MOST_SPARE = 8
SPARE_SECONDS = 30.0


def _in_spare_thread(work: _Work) -> None:
    try:
        door = _SPARE.pop()
    except IndexError:
        door = queue.SimpleQueue()
        threading.Thread(target=_live, args=(door,), daemon=True, name="frontdesk-checks").start()
    door.put(work)


def _live(door: _Door) -> None:
    """Do one piece of work after the other, until for some time there is none."""
    while True:
        try:
            work = door.get(timeout=SPARE_SECONDS)
        except queue.Empty:
            try:
                _SPARE.remove(door)
            except ValueError:  # somebody has just taken it and is about to bring work
                continue
            return
        work()
        if len(_SPARE) >= MOST_SPARE:
            return
        _SPARE.append(door)


def run(call: Callable[[], Any]) -> Ran:
    """Call it behind a wall: what it raises is kept, even what should end the program."""
    started = time.perf_counter_ns()
    value, error = None, None
    try:
        value = call()
    except BaseException as raised:  # SystemExit out of a check must not end a thread unseen
        error = raised
    return Ran(value, error, (time.perf_counter_ns() - started) // 1000)
