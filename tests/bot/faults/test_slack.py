"""Slack down altogether, or slow: one visible answer once it is back, and figures that say so."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.bot.seeing.test_meters import figures
from tests.bot.slack.desks import QUICK, Bench, bench


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Bench]:
    async with Sandbox(timing=QUICK) as slack, bench(slack, tmp_path) as served:
        yield served


async def test_slack_that_was_down_altogether_shows_one_answer_when_it_is_back(
    desk: Bench,
) -> None:
    desk.slack.fault("*", "status", times=10_000, status=503)
    asked = await desk.slack.post("ana", "help", "@frontdesk where is my bill?")
    await desk.slack.wait_for(lambda: desk.helper.asked)
    await asyncio.sleep(0.8)
    assert desk.answers(asked) == []

    desk.slack.core.faults.clear()
    await desk.answer(asked)
    await desk.settled()

    assert len(desk.answers(asked)) == 1
    assert len(desk.helper.asked) == 1
    seen = figures(desk.app.watch.meters)
    assert seen["slack_calls_total{method=chat_postMessage,result=unsure}"] > 0


async def test_slow_slack_gets_one_answer(desk: Bench) -> None:
    desk.slack.fault("chat.postMessage", "delay", seconds=1.5)
    asked = await desk.slack.post("ana", "help", "@frontdesk where is my bill?")
    await desk.answer(asked)
    await desk.settled()

    assert len(desk.answers(asked)) == 1


async def test_wait_that_slack_asks_for_is_bounded(
    desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.calls.LONGEST_WAIT", 0.2)
    desk.slack.fault("chat.postMessage", "rate_limited", seconds=86_400)
    asked = await desk.slack.post("ana", "help", "@frontdesk where is my bill?")

    await desk.answer(asked, within=10)
