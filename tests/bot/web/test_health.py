"""Health: alive, ready with reasons if not, and figures that Prometheus reads."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text, update

from bot.sandbox import Sandbox
from bot.seeing.readiness import reasons as why
from storage.ledger.tables import PENDING
from storage.stuck import MILLION
from tests.bot.slack.desks import QUICK, Bench, bench
from tests.storage.desk import delivery


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(timing=QUICK) as running:
        yield running


@pytest.fixture
async def desk(slack: Sandbox, tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench(slack, tmp_path) as served:
        yield served


async def get(desk: Bench, path: str, token: str = "") -> tuple[int, str]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    url = f"http://127.0.0.1:{desk.served.port}{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def reasons(desk: Bench) -> list[str]:
    url = f"http://127.0.0.1:{desk.served.port}/readyz"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        told: dict[str, Any] = await answer.json()
    assert answer.status == (503 if told["reasons"] else 200)
    assert told["ready"] is not bool(told["reasons"])
    found: list[str] = told["reasons"]
    return found


async def test_desk_that_serves_is_alive_and_ready(desk: Bench) -> None:
    status, said = await get(desk, "/healthz")

    assert status == 200
    assert '"alive":true' in said
    assert await reasons(desk) == []


async def test_schema_of_another_version_is_not_ready(desk: Bench) -> None:
    await desk.app.store.write(
        lambda db, _: db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    )

    assert "the database has schema 0001" in (await reasons(desk))[0]


async def test_entries_without_a_checkpoint_for_long_are_not_ready(desk: Bench) -> None:
    await desk.app.store.receive(delivery("one"))
    long_ago = time.time_ns() // 1000 - 3600 * MILLION
    await desk.app.store.write(lambda db, _: db.execute(update(PENDING).values(rec_us=long_ago)))

    assert "entries have waited 3600 seconds for a checkpoint" in await reasons(desk)


async def test_database_that_does_not_answer_is_not_ready(
    desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.seeing.readiness.PATIENCE_SECONDS", 0.1)

    async def never(job: object) -> None:
        await asyncio.sleep(30)

    monkeypatch.setattr(type(desk.app.store), "read", lambda store, job: never(job))

    assert await reasons(desk) == ["the database did not answer within 0 seconds"]


async def test_sockets_that_are_gone_are_not_ready(slack: Sandbox, tmp_path: Path) -> None:
    async with bench(slack, tmp_path, "socket", metrics_port=0) as desk:
        assert desk.served.sockets is not None
        state = desk.served.health()
        assert await why(desk.app, {**state, "sockets": 0}) == ["no socket to Slack is connected"]
        assert await why(desk.app, {**state, "sockets": 2}) == []


async def test_metrics_tell_what_waits_and_what_slack_said(desk: Bench) -> None:
    asked = await desk.slack.post("ana", "help", "@frontdesk where is my bill?")
    await desk.answer(asked)
    await desk.settled()
    await desk.app.store.receive(delivery("one"))

    status, said = await get(desk, "/metrics")

    assert status == 200
    assert 'frontdesk_waiting{what="turns"} 1.0' in said
    assert 'frontdesk_slack_calls_total{method="chat_postMessage",result="ok"}' in said
    for step in ("gate", "decide", "answer", "check", "post"):
        assert f'frontdesk_step_seconds_count{{step="{step}"}} 1.0' in said
    assert "frontdesk_turn_seconds_count 1.0" in said
    assert "frontdesk_database_up 1.0" in said
    assert 'frontdesk_breaker_open{kind="specialist",name="billing"} 0.0' in said


async def test_metrics_can_ask_for_a_token(slack: Sandbox, tmp_path: Path) -> None:
    async with bench(slack, tmp_path, metrics_token="let me see") as desk:
        assert (await get(desk, "/metrics"))[0] == 401
        assert (await get(desk, "/metrics", "let me in"))[0] == 401
        assert (await get(desk, "/metrics", "let me see"))[0] == 200
        assert await get(desk, "/healthz") == (200, '{"alive":true}')
        assert "reasons" not in (await get(desk, "/readyz"))[1]
        assert "reasons" in (await get(desk, "/readyz", "let me see"))[1]


async def test_an_outsider_gets_no_figures(slack: Sandbox, tmp_path: Path) -> None:
    async with bench(slack, tmp_path) as desk, aiohttp.ClientSession() as session:
        url, proxied = f"http://127.0.0.1:{desk.served.port}", {"X-Forwarded-For": "203.0.113.9"}
        for path, status in (("/metrics", 401), ("/healthz", 200), ("/readyz", 200)):
            async with session.get(url + path, headers=proxied) as answer:
                assert answer.status == status
                assert not any(figure.isdigit() for figure in await answer.text())
