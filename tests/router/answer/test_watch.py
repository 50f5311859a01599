"""Driving an answer step by step changes nothing about it, and tells who has the event loop."""

import asyncio
import time

import pytest

from router.answer.watch import LoopWatch, Watched


async def seen(watch: LoopWatch) -> str:
    await asyncio.sleep(0)
    return watch.current.specialist if watch.current else ""


async def test_the_one_who_runs_is_current_and_nobody_is_meanwhile() -> None:
    watch = LoopWatch()
    during: list[str] = []

    async def work() -> str:
        inside = await seen(watch)
        await asyncio.sleep(0.02)
        return inside

    async def other() -> None:
        await asyncio.sleep(0.01)
        during.append(watch.current.specialist if watch.current else "nobody")

    inside, _ = await asyncio.gather(Watched(watch, "slow", work()), other())
    assert inside == "slow"
    assert during == ["nobody"]
    assert watch.current is None


async def test_the_longest_time_on_the_loop_is_measured() -> None:
    async def blocks() -> None:
        await asyncio.sleep(0.05)
        time.sleep(0.1)  # noqa: ASYNC251 - that is the fault

    watched = Watched(LoopWatch(), "blocks", blocks())
    await watched
    assert 0.1 <= watched.longest < 1


async def test_errors_come_through_and_a_time_limit_still_works() -> None:
    async def fails() -> None:
        await asyncio.sleep(0)
        raise LookupError("as it was")

    with pytest.raises(LookupError, match="as it was"):
        await Watched(LoopWatch(), "fails", fails())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await Watched(LoopWatch(), "sleeps", asyncio.sleep(10))


async def test_the_work_sees_its_cancellation() -> None:
    tidied: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(10)
        finally:
            tidied.append("yes")

    async def outer() -> None:
        await Watched(LoopWatch(), "works", work())

    task = asyncio.create_task(outer())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert tidied == ["yes"]
