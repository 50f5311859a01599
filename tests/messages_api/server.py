"""The server: `POST /v1/messages`, JSON and server-sent events."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.messages_api import validation
from tests.messages_api.brain import Answer, Brain, Request, cut_off, refuse, say, structured
from tests.messages_api.faults import Fault, Faults, FaultScript
from tests.messages_api.sse import events
from tests.messages_api.usage import PromptCache, output_tokens

MODELS = ("claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-4-5")
_NONSENSE = "The quick brown fox jumps over the lazy dog. Your account number is 4711."
_STATUS = {
    Fault.RATE_LIMITED: (429, "rate_limit_error", "Number of requests has exceeded your limit"),
    Fault.OVERLOADED: (529, "overloaded_error", "Overloaded"),
    Fault.SERVER_ERROR: (500, "api_error", "Internal server error"),
}


@dataclass
class Served:
    """One request and how it ended: an HTTP status, and the fault it was given."""

    request: Request
    headers: dict[str, str]
    status: int = 0
    fault: Fault | None = None
    usage: dict[str, Any] = field(default_factory=dict)


class MessagesServer:
    """The server. Use it as an async context manager; `url` is its address.

    `latency` is in seconds. `calls` keeps what was served, newest last; `keep=False` only counts.
    """

    def __init__(
        self,
        brain: Brain,
        *,
        faults: Faults | None = None,
        latency: float = 0.0,
        retry_after: str = "0",
        api_key: str = "local",
        models: Collection[str] = MODELS,
        shortest_cached: int = 1024,
        keep: bool = True,
    ) -> None:
        self.brain = brain
        self.faults: Faults = faults or FaultScript(())
        self.latency = latency
        self.retry_after = retry_after
        self.api_key = api_key
        self.models = models
        self.calls: list[Served] = []
        self.count = 0
        self.errors: list[Exception] = []
        self.url = ""
        self._keep = keep
        self._cache = PromptCache(shortest_cached)
        self._ids = itertools.count(1)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_post("/v1/messages", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, backlog=1024)
        await site.start()
        bound = self._runner.addresses[0]
        self.url = f"http://{bound[0]}:{bound[1]}"

    async def stop(self) -> None:
        """Stop listening and drop what hangs."""
        if self._runner:
            await self._runner.cleanup()

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        self.count += 1
        served = Served({}, dict(http.headers))
        if self._keep:
            self.calls.append(served)
        response = await self._respond(http, served)
        served.status = response.status
        return response

    async def _respond(self, http: web.Request, served: Served) -> web.StreamResponse:
        refused = await self._refused(http, served)
        if refused:
            return refused
        served.fault = self.faults.next()
        if served.fault in _STATUS:
            return self._error(*_STATUS[served.fault])
        if served.fault is Fault.HANG:
            await asyncio.sleep(3600)
        await asyncio.sleep(self.latency)
        try:
            answer = self._answer(served)
        except AssertionError as error:  # the script is wrong, and the test is to say so
            self.errors.append(error)
            return self._error(400, "invalid_request_error", str(error))
        return await self._send(http, served, self._message(served, answer))

    async def _refused(self, http: web.Request, served: Served) -> web.Response | None:
        if http.headers.get("authorization") != f"Bearer {self.api_key}":
            return self._error(401, "authentication_error", "invalid API key")
        if "anthropic-version" not in http.headers:
            return self._error(400, "invalid_request_error", "anthropic-version: required")
        try:
            served.request = await http.json()
            validation.check(served.request)
        except (json.JSONDecodeError, validation.InvalidRequestError) as error:
            return self._error(400, "invalid_request_error", str(error))
        if served.request["model"] not in self.models:
            return self._error(404, "not_found_error", f"model: {served.request['model']}")
        return None

    def _answer(self, served: Served) -> Answer:
        if served.fault is Fault.REFUSAL:
            return refuse()
        if served.fault is Fault.NONSENSE:
            wants_json = "format" in served.request.get("output_config", {})
            return structured({"lazy": "dog"}) if wants_json else say(_NONSENSE)
        answer = self.brain.answer(served.request)
        return cut_off(answer) if served.fault is Fault.MAX_TOKENS else answer

    def _message(self, served: Served, answer: Answer) -> dict[str, Any]:
        served.usage = {
            **self._cache.count(served.request),
            "output_tokens": output_tokens(answer.content),
            "service_tier": "standard",
        }
        return {
            "id": f"msg_{next(self._ids):08}",
            "type": "message",
            "role": "assistant",
            "model": served.request["model"],
            "content": list(answer.content),
            "stop_reason": answer.stop_reason,
            "stop_sequence": None,
            "stop_details": answer.stop_details,
            "usage": served.usage,
        }

    async def _send(
        self, http: web.Request, served: Served, message: dict[str, Any]
    ) -> web.StreamResponse:
        streamed = bool(served.request.get("stream"))
        pieces = list(events(message)) if streamed else [json.dumps(message).encode()]
        if served.fault is Fault.MALFORMED:
            pieces = _malformed(pieces, streamed)
        if served.fault is Fault.CUT:
            return await self._cut(http, pieces, streamed)
        headers = {"request-id": self._request_id()}
        kind = "text/event-stream" if streamed else "application/json"
        return web.Response(body=b"".join(pieces), content_type=kind, headers=headers)

    async def _cut(
        self, http: web.Request, pieces: list[bytes], streamed: bool
    ) -> web.StreamResponse:
        """Send half of it and close the connection."""
        body = b"".join(pieces)
        response = web.StreamResponse(headers={"request-id": self._request_id()})
        response.content_type = "text/event-stream" if streamed else "application/json"
        if not streamed:
            response.content_length = len(body)
        await response.prepare(http)
        await response.write(body[: len(body) // 2])
        if http.transport:
            http.transport.close()
        return response

    def _error(self, status: int, kind: str, text: str) -> web.Response:
        request_id = self._request_id()
        body = {"type": "error", "error": {"type": kind, "message": text}, "request_id": request_id}
        headers = {"request-id": request_id}
        if status == _STATUS[Fault.RATE_LIMITED][0]:
            headers["retry-after"] = self.retry_after
        return web.json_response(body, status=status, headers=headers)

    def _request_id(self) -> str:
        return f"req_{next(self._ids):08}"


def _malformed(pieces: list[bytes], streamed: bool) -> list[bytes]:
    if not streamed:
        return [pieces[0][:-20] + b"<<<"]
    return [*pieces[:2], b"event: content_block_start\ndata: {<<<\n\n"]
