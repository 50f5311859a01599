"""The control API under /sandbox: what the page and tests in other languages use.

`POST /sandbox/act/<name>` calls the method of that name with the JSON body as its arguments, so
it can do exactly what `Sandbox` can do in Python.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.delivery import Delivery
from bot.sandbox.errors import SlackError
from bot.sandbox.faults import Fault
from bot.sandbox.records import Json, Message, View
from bot.sandbox.seen import recent_deliveries, seen_by

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ACTS = frozenset(
    [
        "post",
        "edit",
        "delete",
        "unfurl",
        "react",
        "join",
        "leave",
        "open_home",
        "look_at",
        "stop",
        "rename_session",
        "uninstall",
        "press",
        "press_in_view",
        "submit",
        "close_view",
        "command",
        "shortcut",
        "options",
    ]
)
STREAM_PAUSE = 0.05


def as_json(result: Any) -> Any:
    """Return what an act gave back as JSON values."""
    if isinstance(result, (Message, View, Delivery)):
        return result.to_json()
    return asdict(result) if is_dataclass(result) and not isinstance(result, type) else result


class Control:
    """The routes of the control API."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._core = sandbox.core

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/sandbox/act/{name}", self.act),
            web.get("/sandbox/state", self.state),
            web.get("/sandbox/messages", self.messages),
            web.get("/sandbox/deliveries", self.deliveries),
            web.post("/sandbox/deliveries", self.steer_deliveries),
            web.get("/sandbox/calls", self.calls),
            web.get("/sandbox/faults", self.faults),
            web.post("/sandbox/faults", self.add_fault),
            web.delete("/sandbox/faults", self.clear_faults),
            web.post("/sandbox/sockets", self.steer_sockets),
            web.post("/sandbox/request_url", self.set_request_url),
            web.get("/sandbox/stream", self.stream),
        ]

    async def act(self, request: web.Request) -> web.Response:
        """Do something as a person."""
        name = request.match_info["name"]
        if name not in ACTS:
            return web.json_response({"error": "unknown_act", "acts": sorted(ACTS)}, status=404)
        try:
            result = await getattr(self._sandbox, name)(**await _body(request))
        except SlackError as error:
            return web.json_response({"error": error.name, **error.more}, status=400)
        except TypeError as error:
            return web.json_response({"error": f"wrong arguments: {error}"}, status=400)
        return web.json_response({"result": as_json(result)})

    async def state(self, request: web.Request) -> web.Response:
        """Return what one person sees."""
        query = request.query
        try:
            workspace = self._core.workspace(query.get("team"))
            user = workspace.user(query.get("user", "ana"))
            channel = self._sandbox.where(query.get("channel", "help"), user, query.get("team"))
        except (SlackError, KeyError) as error:
            return web.json_response({"error": str(error)}, status=404)
        if user.id not in channel.members:
            return web.json_response({"error": "not_in_channel"}, status=403)
        thread = query.get("thread", "")
        return web.json_response(seen_by(self._core, workspace, user, channel, thread))

    async def messages(self, request: web.Request) -> web.Response:
        """Return a channel's messages with their metadata, replies included."""
        try:
            found = self._sandbox.messages(
                request.query.get("channel", "help"), thread=request.query.get("thread")
            )
        except SlackError as error:
            return web.json_response({"error": error.name}, status=404)
        return web.json_response([one.to_json(with_metadata=True) for one in found])

    async def deliveries(self, request: web.Request) -> web.Response:
        """Return recent deliveries with their attempts; `full=1` adds bodies and answers."""
        if request.query.get("full"):
            return web.json_response([one.to_json() for one in self._core.deliveries.log])
        return web.json_response(recent_deliveries(self._core))

    async def steer_deliveries(self, request: web.Request) -> web.Response:
        """Pause or resume the delivery of events."""
        order = (await _body(request)).get("do")
        if order == "pause":
            self._core.deliveries.pause()
        elif order == "resume":
            self._core.deliveries.resume()
        else:
            return web.json_response({"error": "do must be pause or resume"}, status=400)
        return web.json_response({"result": order})

    async def calls(self, request: web.Request) -> web.Response:
        """Return how often each Web API method was called."""
        del request
        return web.json_response(self._core.calls)

    async def faults(self, request: web.Request) -> web.Response:
        """Return the faults that still wait to happen."""
        del request
        return web.json_response([asdict(one) for one in self._core.faults.waiting])

    async def add_fault(self, request: web.Request) -> web.Response:
        """Order a fault."""
        try:
            fault = self._core.faults.add(Fault(**await _body(request)))
        except (TypeError, ValueError) as error:
            return web.json_response({"error": f"wrong arguments: {error}"}, status=400)
        return web.json_response({"result": asdict(fault)})

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Forget the faults that wait."""
        del request
        self._core.faults.clear()
        return web.json_response({"result": "cleared"})

    async def steer_sockets(self, request: web.Request) -> web.Response:
        """Disconnect the sockets, politely or not."""
        body = await _body(request)
        if body.get("do") == "cut":
            self._core.sockets.cut()
        else:
            await self._core.sockets.disconnect(str(body.get("reason", "refresh_requested")))
        return web.json_response({"result": "done"})

    async def set_request_url(self, request: web.Request) -> web.Response:
        """Deliver over HTTP to `url`, or over Socket Mode when it's null."""
        self._sandbox.request_url = (await _body(request)).get("url")
        return web.json_response({"result": self._sandbox.request_url})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Tell a page, by server-sent events, whenever something changed."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        async for version in self._core.feed.versions():
            try:
                await response.write(f"data: {json.dumps({'version': version})}\n\n".encode())
            except ConnectionError:
                break
            await asyncio.sleep(STREAM_PAUSE)
        return response


async def _body(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest(text="the body must be JSON") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="the body must be a JSON object")
    return body
