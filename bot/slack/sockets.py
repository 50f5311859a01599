"""Socket Mode, watched: two sockets, each brought back when it does not come back by itself.

The SDK's client can get stuck: after a handshake that failed it tries the same, spent address for
ever. So each socket is looked at every few seconds, given a new address when it was away for too
long, replaced after that, and if nothing helps the process ends, for its host to start another.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass

from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.door import Door
from frontdesk import FrontdeskError

log = logging.getLogger("frontdesk.slack.sockets")


class SocketsLost(FrontdeskError):  # noqa: N818 - it names a state
    """Slack could not be reached over Socket Mode for too long."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How patient the watchdog is, in seconds, and how many sockets are open."""

    sockets: int = 2
    look: float = 10.0
    first: float = 1.0
    new_address: float = 30.0
    replace: float = 120.0
    give_up: float = 600.0
    ping: float = 10.0


class Socket:
    """One socket, in place of the SDK's handler because the door decides what is acknowledged."""

    def __init__(self, door: Door, app_token: str, web: AsyncWebClient, ping: float) -> None:
        self._door = door
        self.client = SocketModeClient(
            app_token=app_token,
            web_client=web,
            ping_interval=ping,
            logger=logging.getLogger("frontdesk.slack.socket"),
        )
        self.client.socket_mode_request_listeners.append(self._take)
        self._connecting: asyncio.Task[None] | None = None

    def connect(self) -> None:
        """Begin to connect; the client goes on trying by itself."""
        self._connecting = asyncio.create_task(self._connect(), name="slack-connect")

    async def _connect(self) -> None:
        await self.client.connect()  # type: ignore[no-untyped-call]

    async def is_connected(self) -> bool:
        """Whether envelopes can arrive now."""
        return await self.client.is_connected()

    def forget_address(self) -> None:
        """Let the next try ask for a new address."""
        self.client.wss_uri = None

    async def close(self) -> None:
        """Close it for good."""
        if self._connecting is not None:
            self._connecting.cancel()
        with contextlib.suppress(Exception):  # a broken socket may fail in any way as it closes
            await self.client.close()  # type: ignore[no-untyped-call]
        await self.client.aiohttp_client_session.close()

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        headers = {}
        if request.retry_attempt:
            headers = {
                "x-slack-retry-num": str(request.retry_attempt),
                "x-slack-retry-reason": request.retry_reason or "",
            }
        response = await self._door.take(dict(request.payload), headers)
        await send_async_response(client, request, response, time.time())


class Sockets:
    """All sockets of the app, and the watchdog over them."""

    def __init__(
        self, door: Door, app_token: str, web: AsyncWebClient, watch: Watch | None = None
    ) -> None:
        self._door = door
        self._app_token = app_token
        self._web = web
        self._watch = watch or Watch()
        self._sockets: dict[int, Socket] = {}
        self._last: dict[int, float] = {}
        self._replaced: dict[int, float] = {}
        self.connected = 0

    async def run(self) -> None:
        """Keep the sockets open until cancelled.

        Raises:
            SocketsLost: none could be opened for very long.
        """
        now = time.monotonic()
        for number in range(self._watch.sockets):
            self._open(number, now)
        try:
            while True:
                await asyncio.sleep(self._watch.look if self.connected else self._watch.first)
                await self._look()
        finally:
            await asyncio.gather(*(socket.close() for socket in self._sockets.values()))

    def _open(self, number: int, now: float) -> None:
        self._sockets[number] = Socket(self._door, self._app_token, self._web, self._watch.ping)
        self._sockets[number].connect()
        self._last.setdefault(number, now)
        self._replaced[number] = now

    async def _look(self) -> None:
        now = time.monotonic()
        self.connected = 0
        for number, socket in list(self._sockets.items()):
            if await socket.is_connected():
                self._last[number] = now
                self.connected += 1
            else:
                await self._mend(number, socket, now)
        if not self.connected and now - max(self._last.values()) > self._watch.give_up:
            raise SocketsLost(
                f"Slack was not reachable over Socket Mode for {self._watch.give_up:.0f} seconds: "
                "check the network and SLACK_APP_TOKEN, then start again"
            )

    async def _mend(self, number: int, socket: Socket, now: float) -> None:
        away = now - max(self._last[number], self._replaced[number])
        if away > self._watch.replace:
            log.warning("socket %d is replaced", number)
            await socket.close()
            self._open(number, now)
        elif away > self._watch.new_address:
            log.info("socket %d gets a new address", number)
            socket.forget_address()
