"""Delivers over Socket Mode: tickets, hello, envelopes to one of the sockets, acks, goodbyes."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from uuid import uuid4

from aiohttp import WSMsgType, web

from bot.sandbox.bounds import trim
from bot.sandbox.delivery import DeliveryKind, Outcome, Timing
from bot.sandbox.faults import HANDSHAKES, Faults
from bot.sandbox.feed import Feed
from bot.sandbox.records import Json

MAX_SOCKETS = 10
MAX_TICKETS = 100


class Sockets:
    """The app's open sockets. Each envelope goes to one of them, picked at random."""

    def __init__(self, *, app_id: str, faults: Faults, feed: Feed, timing: Timing) -> None:
        self._app_id = app_id
        self._faults = faults
        self._feed = feed
        self._timing = timing
        self._tickets: dict[str, None] = {}
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._transports: dict[web.WebSocketResponse, asyncio.Transport] = {}
        self.late_acks = 0

    @property
    def open(self) -> list[web.WebSocketResponse]:
        """Return the sockets that are open now."""
        return [socket for socket in self._transports if not socket.closed]

    def issue_ticket(self) -> str:
        """Return a ticket that opens one socket, once."""
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = None
        trim(self._tickets, MAX_TICKETS)
        return ticket

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket until it closes."""
        if request.query.get("ticket") not in self._tickets:
            return web.Response(status=404, text="unknown or spent ticket")
        del self._tickets[request.query["ticket"]]
        fault = self._faults.take(HANDSHAKES)
        if fault:
            return web.Response(status=fault.status)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.open) >= MAX_SOCKETS:
            await self._goodbye(socket, "too_many_websockets")
            return socket
        if request.transport is not None:
            await self._serve(socket, request.transport)
        return socket

    async def _serve(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        self._transports[socket] = transport
        await socket.send_json(self._hello())
        self._feed.changed()
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            del self._transports[socket]
            self._feed.changed()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.open),
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": self._app_id},
        }

    def _acknowledge(self, text: str) -> None:
        answer = json.loads(text)
        waiting = self._waiting.get(answer.get("envelope_id", ""))
        if waiting is None or waiting.done():
            self.late_acks += 1
            return
        waiting.set_result(answer.get("payload"))

    async def send(
        self, kind: DeliveryKind, body: Json, *, retry_num: int = 0, retry_reason: str = ""
    ) -> Outcome:
        """Send one envelope and wait for its ack."""
        live = self.open
        if not live:
            return Outcome(acknowledged=False, via="socket", reason="connection_failed")
        envelope_id = str(uuid4())
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": body,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry_num, "retry_reason": retry_reason}
        return await self._exchange(random.choice(live), envelope_id, envelope)

    async def _exchange(
        self, socket: web.WebSocketResponse, envelope_id: str, envelope: Json
    ) -> Outcome:
        waiting: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = waiting
        try:
            await socket.send_json(envelope)
            payload = await asyncio.wait_for(waiting, self._timing.ack)
        except TimeoutError:
            return Outcome(acknowledged=False, via="socket", reason="timeout")
        except ConnectionError:
            return Outcome(acknowledged=False, via="socket", reason="connection_failed")
        finally:
            del self._waiting[envelope_id]
        return Outcome(acknowledged=True, via="socket", payload=payload)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Say goodbye to every socket, as Slack does before it recycles a container."""
        for socket in self.open:
            await self._goodbye(socket, reason)

    async def _goodbye(self, socket: web.WebSocketResponse, reason: str) -> None:
        await socket.send_json(
            {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
        )
        await socket.close()

    def cut(self) -> None:
        """Break every socket without a word, as a network does."""
        for transport in self._transports.values():
            transport.abort()
