"""Socket Mode: tickets, handshakes, goodbyes and reconnecting."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from tests.bot.sandbox.apps import answering, over_socket


async def link(client: AsyncWebClient, slack: Sandbox) -> str:
    opened = await client.apps_connections_open(app_token=slack.app_token)
    return str(opened["url"])


async def test_ticket_opens_one_socket_only(slack: Sandbox, client: AsyncWebClient) -> None:
    url = await link(client, slack)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert hello["type"] == "hello"
            assert hello["num_connections"] == 1
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_bot_token_opens_no_connection(slack: Sandbox, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await client.apps_connections_open(app_token=slack.bot_token)


async def test_refused_handshake_spends_the_ticket(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.fault("handshakes", "refuse", status=503)
    url = await link(client, slack)
    async with aiohttp.ClientSession() as session:
        for status in (503, 404):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(url)
            assert refused.value.status == status


async def test_eleventh_socket_is_sent_away(slack: Sandbox, client: AsyncWebClient) -> None:
    async with aiohttp.ClientSession() as session:
        held = [await session.ws_connect(await link(client, slack)) for _ in range(10)]
        assert {(await socket.receive_json())["type"] for socket in held} == {"hello"}
        extra = await session.ws_connect(await link(client, slack))
        farewell = await extra.receive_json()
    assert farewell["reason"] == "too_many_websockets"


@pytest.mark.parametrize("rough", [False, True])
async def test_app_comes_back_after_losing_its_socket(slack: Sandbox, rough: bool) -> None:
    async with over_socket(answering(slack), slack):
        before = slack.core.sockets.open
        if rough:
            slack.core.sockets.cut()
        else:
            await slack.core.sockets.disconnect("refresh_requested")
        await slack.wait_for(lambda: slack.core.sockets.open not in ([], before))
        asked = await slack.post("ana", "dm", "still there?")
        await slack.wait_for(lambda: slack.answers(asked.channel))


async def test_each_envelope_goes_to_one_socket(slack: Sandbox, client: AsyncWebClient) -> None:
    async with over_socket(answering(slack), slack), over_socket(answering(slack), slack):
        await slack.wait_for(lambda: len(slack.core.sockets.open) == 2)
        for _ in range(6):
            await slack.post("ana", "dm", "hello")
        await slack.wait_until_settled()
        await slack.wait_for(lambda: len(slack.answers("U0AANA000")) == 6)
