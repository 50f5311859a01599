"""A Slack channel keeps checkpoints, with the time of Slack's servers."""

from __future__ import annotations

from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

from bot.anchors.job import Anchoring
from bot.anchors.slack import SlackChannel
from bot.sandbox import Sandbox
from storage.database import open_store
from storage.ledger import anchors
from storage.ledger.verify import verify
from tests.storage import desk


async def test_channel_gets_a_note_that_the_log_can_be_held_against(
    slack: Sandbox, tmp_path: Path
) -> None:
    channel = slack.workspace.channel("triage").id
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    store = open_store(url)
    await desk.answer(store, await store.receive(desk.delivery("d1")))
    job = Anchoring(store, (SlackChannel(channel, client),))
    assert await job.tick() == 1
    (standing,) = await store.read(anchors.standing)
    assert (standing.kind, standing.size) == ("slack", 9)
    assert standing.external_us is not None
    (posted,) = (await client.conversations_history(channel=channel, limit=1))["messages"]
    (tmp_path / "copied.txt").write_text(posted["text"])
    await store.close()
    report = verify(url, against=tmp_path / "copied.txt")
    assert report.ok, report.findings


async def test_channel_that_is_not_there_is_told(slack: Sandbox, tmp_path: Path) -> None:
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    await desk.answer(store, await store.receive(desk.delivery("d1")))
    job = Anchoring(store, (SlackChannel("C0NOWHERE", client),))
    assert await job.tick() == 0
    assert "channel_not_found" in job.problems["slack C0NOWHERE"]
    await store.close()
