"""The sandbox as a server: in a test by `async with Sandbox()`, on the command line by `serve`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import TypeVar

from aiohttp import web

from bot.sandbox.api_streams import expire
from bot.sandbox.app import App, app_from_manifest
from bot.sandbox.clicks import SurfaceActs
from bot.sandbox.control import Control
from bot.sandbox.core import Core
from bot.sandbox.delivery import Delivery, Timing
from bot.sandbox.doors import MAX_UPLOAD_BYTES, Doors
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.openid import OpenId
from bot.sandbox.page_server import page_routes, secure_page
from bot.sandbox.records import Json, Message
from bot.sandbox.state import Workspace
from bot.sandbox.web_api import WebApi

POLL = 0.05
T = TypeVar("T")


class Sandbox(SurfaceActs):
    """A local Slack with one app. Everything a person can do is a method; so are faults."""

    def __init__(
        self,
        *,
        manifest: Json | None = None,
        app: App | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        request_url: str | None = None,
        timing: Timing | None = None,
        enforce_rate_limits: bool = False,
    ) -> None:
        chosen = app or (app_from_manifest(manifest) if manifest else App())
        self.core = Core(chosen, timing=timing or Timing(), enforce_rate_limits=enforce_rate_limits)
        self._host, self._port = host, port
        self._request_url: str | None = None
        self.request_url = request_url
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Sandbox:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Listen; port 0 picks a free one, and `base_url` says which."""
        self._runner = web.AppRunner(self._make_app(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        self.core.base_url = f"http://{self._host}:{self._port}"

    def _make_app(self) -> web.Application:
        served = web.Application(middlewares=[secure_page], client_max_size=MAX_UPLOAD_BYTES)
        openid = OpenId(self.core)
        api = WebApi(self.core, openid)
        served.router.add_post("/api/{method}", api.handle)
        served.router.add_get("/api/{method}", api.handle, allow_head=False)
        served.router.add_get("/link/", self.core.sockets.connect)
        served.add_routes(openid.routes())
        served.add_routes(Doors(self.core, self).routes())
        served.add_routes(Control(self).routes())
        served.add_routes(page_routes(Path(__file__).parent / "page"))
        return served

    async def close(self) -> None:
        """Stop delivering, close every socket and stop listening."""
        await self.core.close()
        self.core.sockets.cut()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """Return where the page is."""
        return self.core.base_url

    @property
    def api_url(self) -> str:
        """Return what `SLACK_API_URL` must be."""
        return f"{self.core.base_url}/api/"

    @property
    def bot_token(self) -> str:
        """Return the app's bot token in the first workspace."""
        return self.core.app.bot_token

    @property
    def app_token(self) -> str:
        """Return the app-level token for Socket Mode."""
        return self.core.app.app_token

    @property
    def signing_secret(self) -> str:
        """Return what HTTP deliveries are signed with."""
        return self.core.app.signing_secret

    @property
    def workspace(self) -> Workspace:
        """Return the first workspace."""
        return self.core.home

    @property
    def request_url(self) -> str | None:
        """Where events and interactions are POSTed; None means Socket Mode."""
        return self._request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self._request_url = url
        self.core.use_http(url)

    async def verify_request_url(self) -> bool:
        """Challenge the request URL as Slack does when it's entered; say whether it's right."""
        if self.core.http is None:
            return False
        challenge = token_hex(8)
        body = {
            "type": "url_verification",
            "token": self.core.app.verification_token,
            "challenge": challenge,
        }
        outcome = await self.core.http.send("events_api", body)
        return outcome.acknowledged and (outcome.payload or {}).get("challenge") == challenge

    @property
    def deliveries(self) -> list[Delivery]:
        """Return every delivery so far, oldest first."""
        return list(self.core.deliveries.log)

    def calls(self, method: str) -> int:
        """Return how often the app has called a Web API method."""
        return self.core.calls.get(method, 0)

    def add_workspace(self, name: str, *, team_id: str) -> Workspace:
        """Make another workspace, such as `add_workspace("Globex", team_id="T0GLOBEX0")`."""
        return self.core.add_workspace(name, team_id=team_id)

    def messages(
        self, channel: str, *, thread: str | None = None, team: str | None = None
    ) -> list[Message]:
        """Return a channel's messages, replies included, or those of one thread."""
        workspace = self.core.workspace(team)
        found = workspace.channel(channel)
        return workspace.thread(found.id, thread) if thread else workspace.history(found.id)

    def answers(
        self, channel: str, *, thread: str | None = None, team: str | None = None
    ) -> list[Message]:
        """Return the bot's own messages among those."""
        bot = self.core.workspace(team).bot.id
        found = self.messages(channel, thread=thread, team=team)
        return [message for message in found if message.user == bot]

    def ephemerals(self, user: str, *, team: str | None = None) -> list[Message]:
        """Return what only one person sees."""
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        return [one for one in workspace.ephemerals.values() if one.only_for == person.id]

    def expire_stream(self, channel: str, ts: str, *, team: str | None = None) -> None:
        """Let a stream die, as it does in Slack after about five minutes."""
        workspace = self.core.workspace(team)
        expire(self.core, workspace, workspace.message(workspace.channel(channel).id, ts))

    def fault(
        self,
        target: str,
        kind: FaultKind,
        *,
        times: int = 1,
        seconds: float = 1.0,
        error: str = "fatal_error",
        status: int = 500,
        copies: int = 1,
    ) -> Fault:
        """Order a fault; `faults.py` lists the targets and kinds."""
        return self.core.faults.add(Fault(target, kind, times, seconds, error, status, copies))

    async def wait_for(self, wanted: Callable[[], T], within: float = 15.0) -> T:
        """Return `wanted()` as soon as it's true; raise `TimeoutError` when it stays untrue."""
        async with asyncio.timeout(within):
            while True:
                seen = self.core.feed.version
                result = wanted()
                if result:
                    return result
                try:
                    await asyncio.wait_for(self.core.feed.after(seen), POLL)
                except TimeoutError:
                    continue

    async def wait_until_settled(self, within: float = 15.0) -> None:
        """Wait until no delivery is on its way any more."""
        await self.wait_for(lambda: all(one.state != "pending" for one in self.deliveries), within)


async def serve(
    host: str = "127.0.0.1",
    port: int = 3001,
    *,
    manifest: Json | None = None,
    request_url: str | None = None,
    announce: Callable[[Sandbox], None] | None = None,
) -> None:
    """Run a sandbox until cancelled; `announce` is called once it listens."""
    async with Sandbox(manifest=manifest, host=host, port=port, request_url=request_url) as sandbox:
        if announce:
            announce(sandbox)
        await asyncio.Event().wait()
