"""Spans: a turn, its agents, their model calls and tools, where OTEL_EXPORTER_OTLP_ENDPOINT is set.

Nothing is traced, and OpenTelemetry's SDK not even imported, where it is not. Spans hold names,
counts and ids, never what people or models wrote.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import (
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
    suppress,
)
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from bot.seeing import names
from router.facts import Fact, ModelCalled, ToolCalled

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
FLUSH_SECONDS = 5.0

Attributes = Mapping[str, str | int | float | tuple[str, ...]]
Record = Callable[..., Awaitable[Any]]


_TRACE: ContextVar[int | None] = ContextVar("frontdesk_trace", default=None)


def trace_id(message: str) -> int:
    """The id of the trace of a message's turn: whoever knows the one can find the other.

    It is the first 16 bytes of the SHA-256 of the message's id.
    """
    return int.from_bytes(hashlib.sha256(message.encode()).digest()[:16])


class Spans:
    """Makes spans with `tracer`; without one, none."""

    def __init__(self, tracer: Tracer | None = None) -> None:
        self._tracer = tracer

    def span(self, name: str, attributes: Attributes) -> AbstractContextManager[Any]:
        """A span for as long as the context lasts; an error that leaves it is noted by type."""
        return nullcontext() if self._tracer is None else self._span(self._tracer, name, attributes)

    @contextmanager
    def trace(self, message: str, name: str, attributes: Attributes) -> Iterator[Any]:
        """The outermost span of a message's turn; all tries of it are one trace."""
        token = _TRACE.set(trace_id(message))
        try:
            with self.span(name, attributes) as span:
                yield span
        finally:
            _TRACE.reset(token)

    @contextmanager
    def _span(self, tracer: Tracer, name: str, attributes: Attributes) -> Iterator[Any]:
        with tracer.start_as_current_span(
            name, attributes=dict(attributes), record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except BaseException as error:
                _failed(span, type(error).__name__)
                raise

    def recording(self, record: Record) -> Record:
        """Make a span of each model call and tool as it is put on record: it has just ended."""
        tracer = self._tracer
        if tracer is None:
            return record

        async def recorded(*facts: Fact) -> Any:
            for fact in facts:
                if isinstance(fact, ModelCalled):
                    self._done(tracer, *_chat(fact), fact.latency_us, fact.fault)
                elif isinstance(fact, ToolCalled):
                    failed = "tool_failed" if fact.failed else ""
                    self._done(tracer, *_tool(fact), fact.duration_us, failed)
            return await record(*facts)

        return recorded

    @staticmethod
    def _done(tracer: Tracer, name: str, attributes: Attributes, took_us: int, fault: str) -> None:
        end = time.time_ns()
        span = tracer.start_span(name, attributes=dict(attributes), start_time=end - took_us * 1000)
        if fault:
            _failed(span, fault)
        span.end(end)


def _failed(span: Any, kind: str) -> None:
    from opentelemetry.trace import StatusCode  # noqa: PLC0415 - only where something is traced

    span.set_attribute(names.ERROR_TYPE, kind)
    span.set_status(StatusCode.ERROR)


def _chat(fact: ModelCalled) -> tuple[str, Attributes]:
    return f"{names.CHAT} {fact.requested}", {
        names.OPERATION: names.CHAT,
        names.PROVIDER: "anthropic",
        names.REQUEST_MODEL: fact.requested,
        names.RESPONSE_MODEL: fact.returned,
        names.RESPONSE_ID: fact.request_id,
        names.FINISH_REASONS: (fact.stop_reason,),
        names.INPUT_TOKENS: fact.input_tokens,
        names.OUTPUT_TOKENS: fact.output_tokens,
        names.CACHE_READ_TOKENS: fact.cache_read_tokens,
        names.CONVERSATION: fact.ticket,
        names.MESSAGE: fact.message or "",
        names.ROLE: fact.role,
        names.ATTEMPTS: fact.attempts,
        names.COST: fact.cost_microusd,
    }


def _tool(fact: ToolCalled) -> tuple[str, Attributes]:
    return f"{names.EXECUTE_TOOL} {fact.tool}", {
        names.OPERATION: names.EXECUTE_TOOL,
        names.TOOL: fact.tool,
        names.CONVERSATION: fact.ticket,
        names.MESSAGE: fact.message or "",
    }


@asynccontextmanager
async def tracing() -> AsyncIterator[Spans]:
    """Spans that are sent where the environment says, for as long as the context lasts."""
    if not any(os.environ.get(name) for name in ENDPOINTS):
        yield Spans()
        return
    provider = await asyncio.to_thread(_provider)
    try:
        yield Spans(provider.get_tracer(names.SYSTEM))
    finally:
        with suppress(TimeoutError):  # whoever collects them may be away; the desk ends anyway
            async with asyncio.timeout(FLUSH_SECONDS):
                await asyncio.to_thread(provider.shutdown)


def make_provider(resource: Resource | None = None) -> TracerProvider:
    """What makes tracers whose traces can be found by their messages."""
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - see _provider
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator  # noqa: PLC0415

    class Ids(RandomIdGenerator):
        def generate_trace_id(self) -> int:
            return _TRACE.get() or super().generate_trace_id()

    return TracerProvider(resource=resource, id_generator=Ids())


def _provider() -> TracerProvider:
    # The SDK takes its time to import, and only a desk that is traced needs it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = make_provider(Resource.create({"service.name": names.SYSTEM}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
