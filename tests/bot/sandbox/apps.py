"""Real Bolt apps for the sandbox's tests, over either transport."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox, Timing

QUICK = Timing(ack=0.4, retries=(0.05, 0.05, 0.05))
PATH = "/slack/events"

logging.getLogger("slack_bolt").setLevel(logging.CRITICAL)
logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)


def client_of(slack: Sandbox, token: str | None = None) -> AsyncWebClient:
    """Return a client that repeats nothing by itself."""
    return AsyncWebClient(
        token=token or slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=5
    )


def bolt(slack: Sandbox) -> AsyncApp:
    """Return an app that knows the sandbox only by address, token and secret."""
    return AsyncApp(client=client_of(slack), signing_secret=slack.signing_secret)


@asynccontextmanager
async def over_http(app: AsyncApp, slack: Sandbox) -> AsyncIterator[None]:
    async def handle(request: web.Request) -> web.Response:
        answer = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    async with served(handle) as url:
        slack.request_url = url
        yield


@asynccontextmanager
async def served(handle: Any) -> AsyncIterator[str]:
    """Serve one handler on a free port and yield its address."""
    site = web.Application()
    site.router.add_post(PATH, handle)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def over_socket(app: AsyncApp, slack: Sandbox) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.2)
    await handler.connect_async()
    await slack.wait_for(lambda: slack.core.sockets.open)
    try:
        yield handler
    finally:
        await handler.close_async()


TRANSPORTS = {"http": over_http, "socket": over_socket}


def answering(slack: Sandbox) -> AsyncApp:
    """Return an app that answers each mention and direct message in its thread."""
    app = bolt(slack)

    async def answer(event: dict[str, Any], client: AsyncWebClient) -> None:
        root = event.get("thread_ts") or event["ts"]
        await client.chat_postMessage(channel=event["channel"], thread_ts=root, text="On it.")

    app.event("app_mention")(answer)

    @app.event("message")
    async def direct(event: dict[str, Any], client: AsyncWebClient) -> None:
        if event["channel_type"] == "im" and "bot_id" not in event:
            await answer(event, client)

    return app
