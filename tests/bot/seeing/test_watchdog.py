"""The watchdog names who holds up the event loop, once, and leaves everybody else alone."""

import asyncio
import logging
import time

import pytest

from bot.seeing.watchdog import watching
from router.answer.watch import LoopWatch, Watched


async def blocks(seconds: float) -> None:
    await asyncio.sleep(0)
    time.sleep(seconds)  # noqa: ASYNC251 - that is the fault


async def test_a_specialist_that_blocks_is_named_once_with_the_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watch = LoopWatch()
    with caplog.at_level(logging.ERROR), watching(watch, patience=0.1, look=0.02):
        await Watched(watch, "bulky", blocks(0.4))
        await Watched(watch, "nimble", asyncio.sleep(0.2))
    (record,) = caplog.records
    said = record.getMessage()
    assert "the specialist bulky has held up the whole desk" in said
    assert "test_watchdog.py" in said
    assert "in blocks" in said
    assert "frontdesk plugins disable bulky" in said


async def test_waiting_is_no_blocking(caplog: pytest.LogCaptureFixture) -> None:
    watch = LoopWatch()
    with caplog.at_level(logging.ERROR), watching(watch, patience=0.05, look=0.01):
        await Watched(watch, "patient", asyncio.sleep(0.2))
    assert not caplog.records
