from __future__ import annotations

import asyncio
import threading
import time
from typing import NoReturn

import pytest

from router.threads import Threads


@pytest.fixture
def one() -> Threads:
    return Threads(1, "test")


async def test_a_call_gives_its_result_from_another_thread(one: Threads) -> None:
    name = await one.run(lambda: threading.current_thread().name)
    assert name.startswith("test")
    assert await one.run(divmod, 7, 2) == (3, 1)


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), SystemExit(3)])
async def test_what_a_call_raises_reaches_its_caller(one: Threads, error: BaseException) -> None:
    def raising() -> NoReturn:
        raise error

    with pytest.raises(type(error)):
        await one.run(raising)


async def test_stop_iteration_does_not_leave_the_caller_waiting(one: Threads) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await asyncio.wait_for(one.run(next, iter(())), 5)


async def test_a_call_whose_caller_has_gone_is_not_begun(one: Threads) -> None:
    goes_on, called = threading.Event(), []
    first = asyncio.create_task(one.run(goes_on.wait))
    second = asyncio.create_task(one.run(called.append, 1))
    await asyncio.sleep(0)
    second.cancel()
    goes_on.set()
    assert await first
    with pytest.raises(asyncio.CancelledError):
        await second
    await one.run(time.sleep, 0)
    assert called == []


def test_a_loop_that_is_gone_does_not_harm_the_thread(one: Threads) -> None:
    goes_on = threading.Event()

    async def leave() -> None:
        task = asyncio.create_task(one.run(goes_on.wait))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(leave())
    goes_on.set()
    assert asyncio.run(one.run(lambda: "there")) == "there"
    one.shutdown()
