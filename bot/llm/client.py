"""The SDK's client, as the gateway wants it.

Retries are the gateway's own (`max_retries=0` here): the SDK sleeps as long as `retry-after` says,
however long that is, knows neither a fall-back model nor a total time, and does not repeat what
came back malformed. Its transport on aiohttp takes half the CPU of the default one.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpx2
from anthropic import APIRequest, AsyncAnthropic, AsyncAPIResponse, DefaultAioHttpClient
from anthropic import AsyncMiddlewareCallable as Middleware

from bot.llm.settings import LlmSettings

_KEEP_CONNECTIONS = 60.0
_SPARE_CONNECTIONS = 8


@dataclass
class Seen:
    """What came back in the attempt that is under way, kept for when nothing can be made of it.

    `partial` is the message as far as its events have arrived.
    """

    response: httpx2.Response | None = None
    partial: object = None


SEEN: ContextVar[Seen] = ContextVar("seen")
"""Where the attempt that is under way in this task leaves its response."""


def make_client(settings: LlmSettings) -> AsyncAnthropic:
    """A client for these settings; close it when done."""
    return AsyncAnthropic(
        api_key=settings.api_key,
        base_url=settings.base_url,
        max_retries=0,
        # No text of anybody's gets into a span, whatever the environment says.
        open_telemetry={
            "traces": {"enabled": settings.traces, "content_mode": "metadata_only"},
            "propagation": False,
        },
        http_client=DefaultAioHttpClient(
            limits=httpx2.Limits(
                max_connections=settings.in_flight + _SPARE_CONNECTIONS,
                keepalive_expiry=_KEEP_CONNECTIONS,
            )
        ),
        middleware=[_observe],
    )


async def _observe(request: APIRequest, call_next: Any) -> AsyncAPIResponse[Any]:
    response: AsyncAPIResponse[Any] = await call_next(request)
    SEEN.get().response = response.http_response
    return response


_: Middleware = _observe
