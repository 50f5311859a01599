"""Faults on request do what they say, once each."""

import time

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from tests.bot.sandbox.apps import client_of


async def post(client: AsyncWebClient, text: str = "hi") -> None:
    await client.chat_postMessage(channel="help", text=text)


async def test_lost_response_has_posted_all_the_same(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    slack.fault("chat.postMessage", "lost_response")
    with pytest.raises(aiohttp.ClientError):
        await post(client)
    assert len(slack.answers("help")) == 1


async def test_stock_retry_after_a_lost_response_posts_twice(slack: Sandbox) -> None:
    stock = AsyncWebClient(
        token=slack.bot_token,
        base_url=slack.api_url,
        retry_handlers=[AsyncConnectionErrorRetryHandler(1)],
    )
    slack.fault("chat.postMessage", "lost_response")
    await post(stock)
    assert len(slack.answers("help")) == 2


async def test_dropped_call_has_done_nothing(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.fault("chat.postMessage", "drop")
    with pytest.raises(aiohttp.ClientError):
        await post(client)
    assert not slack.answers("help")
    await post(client)
    assert len(slack.answers("help")) == 1


async def test_rate_limit_says_how_long_to_wait(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.fault("chat.postMessage", "rate_limited", seconds=7, times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            await post(client)
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"] == "7"
    await post(client)


async def test_named_error_and_status(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.fault("auth.test", "error", error="fatal_error")
    slack.fault("auth.test", "status", status=502)
    with pytest.raises(SlackApiError, match="fatal_error"):
        await client.auth_test()
    async with aiohttp.ClientSession() as session:
        assert (await session.post(f"{slack.api_url}auth.test")).status == 502
    assert (await client.auth_test())["ok"]


async def test_delayed_call_takes_its_time(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.fault("*", "delay", seconds=0.15)
    started = time.monotonic()
    await client.auth_test()
    assert time.monotonic() - started >= 0.15


async def test_enforced_limits_hold_per_channel() -> None:
    async with Sandbox(enforce_rate_limits=True) as slack:
        client = client_of(slack)
        for number in range(5):
            await post(client, str(number))
        with pytest.raises(SlackApiError, match="ratelimited"):
            await post(client)
        await client.chat_postMessage(channel="triage", text="another channel")
    assert len(slack.answers("help")) == 5


async def test_limits_are_off_unless_switched_on(slack: Sandbox, client: AsyncWebClient) -> None:
    for number in range(12):
        await post(client, str(number))
    assert len(slack.answers("help")) == 12
