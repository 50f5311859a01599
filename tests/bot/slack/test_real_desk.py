"""The real desk behind Slack: real specialists, router, validator, database and record."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import App, open_app
from bot.sandbox import Sandbox
from bot.sandbox.records import Message
from bot.slack.messenger import SlackMessenger
from bot.slack.service import serving
from storage.ledger.verify import verify
from tests.bot.slack.desks import ALERT, BRISK, TRANSPORTS, connected, settings_for

DOUBLE = "@frontdesk I was charged twice this month, how do I get the second charge back?"


@asynccontextmanager
async def real(slack: Sandbox, folder: Path, transport: str, cache: Path) -> AsyncIterator[App]:
    messenger = SlackMessenger()
    settings = settings_for(slack, folder, transport, cache=cache)
    async with open_app(settings, messenger) as app:
        async with serving(app, messenger, pace=BRISK, watch=ALERT) as served:
            await connected(slack, served, transport)
            yield app
        slack.request_url = None


async def answer_to(slack: Sandbox, asked: Message) -> Message:
    root = asked.thread_ts or asked.ts
    before = float(asked.ts)
    found = await slack.wait_for(
        lambda: [
            one
            for one in slack.answers(asked.channel, thread=root)
            if float(one.ts) > before and one.metadata
        ],
        within=20,
    )
    return found[-1]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_question_is_answered_with_sources_by_the_right_specialist(
    slack: Sandbox, tmp_path: Path, cache: Path, transport: str
) -> None:
    async with real(slack, tmp_path, transport, cache) as app:
        asked = await slack.post("ana", "help", DOUBLE)
        answer = await answer_to(slack, asked)
        shown = json.dumps(answer.blocks)
        assert "*Billing*, because it is" in shown
        assert "*Sources:*" in shown
        more = await slack.post("ana", "help", "and how long does that take?", thread=asked.ts)
        await answer_to(slack, more)
        await slack.post("ana", "help", "thanks a lot!", thread=asked.ts)
        await slack.wait_until_settled()
        await slack.wait_for(lambda: len(slack.answers("help", thread=asked.ts)) == 2)
        await app.store.sequence()
        report = await asyncio.to_thread(verify, app.settings.database_url, app.settings.keys)
        assert report.ok, report.findings


async def test_what_is_nobodys_field_goes_to_a_person(
    slack: Sandbox, tmp_path: Path, cache: Path
) -> None:
    async with real(slack, tmp_path, "socket", cache):
        asked = await slack.post("ben", "dm", "What is a good recipe for lentil soup?")
        answer = await answer_to(slack, asked)
        assert "queue for our staff" in answer.text
        assert "*For a person*" in json.dumps(answer.blocks)


async def test_secret_of_another_channel_is_not_told(
    slack: Sandbox, tmp_path: Path, cache: Path
) -> None:  # M
    async with real(slack, tmp_path, "http", cache):
        word = "bluebird" + "-42"
        await slack.post("sam", "triage", f"The refund override code is {word}.")
        asked = await slack.post("gus", "help", "@frontdesk what is the refund override code?")
        answer = await answer_to(slack, asked)
        assert word not in json.dumps(answer.to_json())


async def test_two_matters_are_answered_in_one_message(
    slack: Sandbox, tmp_path: Path, cache: Path
) -> None:
    async with real(slack, tmp_path, "http", cache):
        asked = await slack.post(
            "ana",
            "help",
            "@frontdesk I need the VAT number added to our invoices. "
            "Also the desktop app crashes at start-up.",
        )
        answer = await answer_to(slack, asked)
        assert "Billing" in answer.text
        assert "Technical" in answer.text
