"""Calls that compute or wait beside the event loop, in a few threads.

`run_in_executor` does the same with two futures that tell each other of everything, which costs
more than many of the calls of a turn do themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class Threads:
    """At most `most` threads, named after `name`; the first call of each starts it."""

    def __init__(self, most: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(most, thread_name_prefix=name)

    async def run(self, call: Callable[..., T], *arguments: object) -> T:
        """Call it in a thread. One whose caller has gone is not begun any more.

        Raises:
            BaseException: what the call raised.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def work() -> None:
            if future.cancelled():
                return
            told: tuple[Callable[..., None], Any]
            try:
                told = settle, call(*arguments)
            except BaseException as error:  # the caller gets it, whatever it is
                told = fail, error
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(told[0], future, told[1])

        self._executor.submit(work)
        return await future

    def shutdown(self) -> None:
        """Finish what was begun; nothing can be called any more."""
        self._executor.shutdown()


def settle(future: asyncio.Future[T], result: T) -> None:
    """Give a result to whoever still waits for it; to be called in the event loop."""
    if not future.done():
        future.set_result(result)


def fail(future: asyncio.Future[Any], error: BaseException) -> None:
    """Give an error to whoever still waits; to be called in the event loop."""
    if future.done():
        return
    if isinstance(error, StopIteration):  # no future takes one: it would end its awaiter's loop
        error = RuntimeError(f"a call raised {error!r}")
    future.set_exception(error)
