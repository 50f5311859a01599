"""The log and Slack agree, and where they do not it is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

import bot.slack.auditing as module
from bot.sandbox import Sandbox
from bot.slack.auditing import reconcile
from tests.bot.slack.desks import bench


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UNDERWAY_SECONDS", 0.0)


async def test_log_and_slack_agree_until_somebody_changes_one(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with bench(slack, tmp_path) as one:
        asked = await slack.post("ana", "help", "@frontdesk where is my bill?")
        answer = await one.answer(asked)
        await one.settled()
        since = datetime.now(UTC) - timedelta(hours=1)
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        found = await reconcile(one.app.store, client, since)
        assert found.ok, found
        assert found.messages >= 1
        await client.chat_postMessage(
            channel=asked.channel, thread_ts=asked.ts, text="Nobody put me on record."
        )
        found = await reconcile(one.app.store, client, since)
        assert len(found.unexplained) == 1
        await client.chat_delete(channel=asked.channel, ts=answer.ts)
        found = await reconcile(one.app.store, client, since)
        assert found.missing == ((asked.channel, answer.ts),)
