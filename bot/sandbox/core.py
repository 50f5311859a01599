"""The made-up Slack as a whole: the app, its workspaces, and the ways between them."""

from __future__ import annotations

from bot.sandbox import events
from bot.sandbox.app import App
from bot.sandbox.conversation import Conversations
from bot.sandbox.delivery import Deliveries, Timing
from bot.sandbox.faults import Faults
from bot.sandbox.feed import Feed
from bot.sandbox.http_delivery import HttpDelivery
from bot.sandbox.limits import RateLimits
from bot.sandbox.records import Json
from bot.sandbox.response_urls import ResponseUrls
from bot.sandbox.sockets import Sockets
from bot.sandbox.state import Workspace
from bot.sandbox.tokens import Tokens
from bot.sandbox.triggers import Triggers

DEFAULT_TEAM = "T0ACME000"


class Core:
    """Holds the parts together; the Web API, the control API and the page all work on it."""

    def __init__(self, app: App, *, timing: Timing, enforce_rate_limits: bool = False) -> None:
        self.app = app
        self.timing = timing
        self.base_url = ""
        self.feed = Feed()
        self.faults = Faults()
        self.limits = RateLimits(enforced=enforce_rate_limits)
        self.tokens = Tokens(app)
        self.triggers = Triggers(lifetime=timing.trigger)
        self.response_urls = ResponseUrls(lifetime=timing.response_url)
        self.conversations = Conversations(self.announce)
        self.deliveries = Deliveries(faults=self.faults, feed=self.feed, timing=timing)
        self.sockets = Sockets(app_id=app.id, faults=self.faults, feed=self.feed, timing=timing)
        self.deliveries.transport = self.sockets
        self.http: HttpDelivery | None = None
        self._opened: list[HttpDelivery] = []
        self.workspaces: dict[str, Workspace] = {}
        self.calls: dict[str, int] = {}
        self.home = self.add_workspace("Acme", team_id=DEFAULT_TEAM)
        self.tokens.register(app.bot_token, self.home)

    def add_workspace(self, name: str, *, team_id: str) -> Workspace:
        """Make another workspace with the same cast; the app is not installed there yet."""
        workspace = Workspace(
            team_id=team_id,
            name=name,
            app_id=self.app.id,
            bot_name=self.app.name,
            feed=self.feed,
        )
        self.workspaces[team_id] = workspace
        return workspace

    def workspace(self, team_id: str | None) -> Workspace:
        """Return a workspace by id; the first one when none is named."""
        return self.workspaces[team_id] if team_id else self.home

    def announce(self, workspace: Workspace, event: Json) -> None:
        """Deliver an event if the app is installed there and subscribed to it."""
        is_farewell = event["type"] in {"app_uninstalled", "tokens_revoked"}
        installed = is_farewell or bool(self.tokens.tokens_of(workspace))
        if not installed or events.subscription_of(event) not in self.app.events:
            return
        channel = workspace.channels.get(str(event.get("channel", "")))
        body = events.envelope(
            workspace,
            event,
            token=self.app.verification_token,
            shared=channel is not None and channel.is_ext_shared,
        )
        self.deliveries.send_event(body)

    def use_http(self, url: str | None) -> None:
        """Deliver to `url` from now on, or over Socket Mode when it's None."""
        if url is None:
            self.http, self.deliveries.transport = None, self.sockets
            return
        self.http = HttpDelivery(url, signing_secret=self.app.signing_secret, timing=self.timing)
        self._opened.append(self.http)
        self.deliveries.transport = self.http

    @property
    def is_connected(self) -> bool:
        """Say whether the app can be reached: by a request URL or an open socket."""
        return self.http is not None or bool(self.sockets.open)

    async def close(self) -> None:
        """Stop delivering and close every connection."""
        await self.deliveries.close()
        for http in self._opened:
            await http.close()
