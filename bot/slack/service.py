"""Serving Slack: over Socket Mode, over HTTP, or both, as the settings say."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from fastapi import FastAPI, Request, Response

from bot.app import App, open_app
from bot.engine.worker import Pace
from bot.parts import ALL, DOORS, Part, Parts
from bot.settings import Settings
from bot.slack.attention import end_left_over
from bot.slack.desk import SlackDesk, make_desk
from bot.slack.messenger import SlackMessenger
from bot.slack.places import Thread
from bot.slack.sockets import Sockets, Watch
from bot.slack.workspaces import (
    OneWorkspace,
    Workspaces,
    check_app_token,
    one_workspace,
    web_client,
    web_session,
)
from bot.web.bodies import bounded
from bot.web.health import health_site
from bot.web.listening import listener
from frontdesk import PostError, SettingsError

log = logging.getLogger("frontdesk.slack.service")

EVENTS = "/slack/events"
MOST_BYTES = 3_000_000
TOO_LARGE = 413
MOST_AT_ONCE = 1_000
"""Connections at once; who comes then gets 503, and Slack delivers again."""

Extension = Callable[[SlackDesk], AbstractAsyncContextManager[object]]
"""Joins something to a desk for as long as it serves, before anything comes in."""

Installed = Callable[[App, aiohttp.ClientSession], Awaitable[Workspaces]]

Site = Callable[[App, Callable[[], dict[str, Any]]], FastAPI]
"""Makes the site that Slack's deliveries join, of the open desk and of what tells its health."""


@dataclass
class Serving:
    """A desk that is being served. `port` is where HTTP listens, 0 if it does not."""

    desk: SlackDesk
    sockets: Sockets | None = None
    port: int = 0
    _tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    def health(self) -> dict[str, Any]:
        """What a health check wants to know; seconds where it is about time."""
        seen = self.desk.door.seen
        return {
            "sockets": self.sockets.connected if self.sockets else None,
            "deliveries": seen.count,
            "last_delivery_seconds": round(time.monotonic() - seen.at, 1) if seen.count else None,
            "tickets_at_work": self.desk.worker.busy,
        }

    async def until_one_fails(self) -> None:
        """Wait for ever, or until a part ends, which none should.

        Raises:
            FrontdeskError: why it ended.
        """
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    def start(self, work: Awaitable[Any], name: str) -> asyncio.Task[Any]:
        """Run a part."""
        task = asyncio.ensure_future(work)
        task.set_name(name)
        self._tasks.append(task)
        return task


async def run(
    settings: Settings,
    *,
    extensions: Sequence[Extension] = (),
    installed: Installed | None = None,
    web: Site | None = None,
    parts: Parts = ALL,
) -> None:
    """Open the desk and serve Slack until cancelled, or do those `parts` of it.

    Raises:
        SettingsError: a setting is missing or does not work.
        SocketsLost: Slack could not be reached for too long.
    """
    messenger = SlackMessenger()
    async with open_app(settings, messenger, parts) as app:
        await serve(
            app, messenger, extensions=extensions, installed=installed, web=web, parts=parts
        )


async def serve(
    app: App,
    messenger: SlackMessenger,
    *,
    extensions: Sequence[Extension] = (),
    installed: Installed | None = None,
    web: Site | None = None,
    parts: Parts = ALL,
) -> None:
    """Serve Slack with an open desk until cancelled; see `run`."""
    async with serving(
        app, messenger, extensions=extensions, installed=installed, web=web, parts=parts
    ) as served:
        await served.until_one_fails()


@asynccontextmanager
async def serving(
    app: App,
    messenger: SlackMessenger,
    *,
    extensions: Sequence[Extension] = (),
    installed: Installed | None = None,
    web: Site | None = None,
    pace: Pace | None = None,
    watch: Watch | None = None,
    parts: Parts = ALL,
) -> AsyncIterator[Serving]:
    """Serve Slack for as long as the context lasts, or do those `parts` of it.

    Where there is no part that runs turns, what comes in is kept and another process runs them. At
    the end nothing new is begun, running turns come to their end, and what comes in meanwhile
    is kept for the next start; the doors close last.
    """
    async with web_session() as session:
        workspaces = await (installed or _from_token)(app, session)
        desk = make_desk(app, messenger, workspaces, session, pace, parts)
        served = Serving(desk)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(desk.ingest.close)
            stack.push_async_callback(messenger.showing.close)
            for extension in extensions:
                await stack.enter_async_context(extension(desk))
            if parts & DOORS:
                await _open_doors(served, stack, web, watch)
            if Part.WEB not in parts and app.settings.metrics_port:
                site = health_site(app, served.health)
                await stack.enter_async_context(_http(served, site, app.settings.metrics_port))
            stack.push_async_callback(desk.worker.close)
            if Part.TURNS in parts:
                working = served.start(desk.worker.run(), "frontdesk-worker")
                stack.push_async_callback(_cancelled, working)
                await _end_left_over(desk)
            served.start(asyncio.Event().wait(), "frontdesk-until-cancelled")
            yield served


async def _open_doors(
    served: Serving, stack: contextlib.AsyncExitStack, web: Site | None, watch: Watch | None
) -> None:
    settings, desk, parts = served.desk.app.settings, served.desk, served.desk.parts
    token, secret = settings.slack_app_token, settings.slack_signing_secret
    if not token and not secret:
        raise SettingsError(
            "how Slack reaches the desk is not set: SLACK_APP_TOKEN for Socket Mode, or "
            "SLACK_SIGNING_SECRET for HTTP"
        )
    if Part.WEB in parts and (secret or web):
        site = (web or health_site)(desk.app, served.health)
        add_slack(site, desk)
        await stack.enter_async_context(_http(served, site, settings.port))
    if token and Part.SOCKETS in parts:
        await check_app_token(desk.web, token.get_secret_value())
        served.sockets = Sockets(desk.door, token.get_secret_value(), desk.web, watch)
        task = served.start(served.sockets.run(), "slack-sockets")
        stack.push_async_callback(_cancelled, task)


def add_slack(site: FastAPI, desk: SlackDesk) -> None:
    """Let a site take what Slack delivers."""

    @site.post(EVENTS, include_in_schema=False)
    async def events(request: Request) -> Response:
        body = await bounded(request, MOST_BYTES)
        if body is None:
            return Response(status_code=TOO_LARGE)
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = await desk.door.http(body, headers)
        return Response(answer.body, answer.status, media_type=answer.content_type)


@asynccontextmanager
async def _http(served: Serving, site: FastAPI, port: int) -> AsyncIterator[None]:
    server = listener(served.desk.app.settings, site, port, MOST_AT_ONCE)
    task = served.start(server.listen(), "slack-http")
    while not server.started and not task.done():  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(0.01)
    if server.started:
        served.port = int(server.servers[0].sockets[0].getsockname()[1])
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)


async def _end_left_over(desk: SlackDesk) -> None:
    """End streams whose turns ended while nobody was there to see it."""
    busy = {(one.workspace, one.conversation) for one in await desk.memory.waiting()}
    for place in await desk.memory.streams():
        if place not in busy:
            try:
                await end_left_over(desk.messenger, Thread.named(*place))
            except PostError as error:
                log.warning("a stream could not be ended: %s", error)


async def _from_token(app: App, session: aiohttp.ClientSession) -> OneWorkspace:
    token = app.settings.slack_bot_token
    if token is None:
        raise SettingsError("SLACK_BOT_TOKEN is not set: copy it from the app's settings in Slack")
    web = web_client(token.get_secret_value(), app.settings.slack_api_url, session)
    return await one_workspace(web)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
