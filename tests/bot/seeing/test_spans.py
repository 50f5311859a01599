"""Spans: the conventions' names, a tree that shows what belongs to what, and no texts."""

import asyncio
import gzip
import hashlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as conventions

from bot.engine.claiming import Unremembered
from bot.seeing import names
from bot.seeing.meters import Meters
from bot.seeing.spans import Spans, make_provider, trace_id, tracing
from bot.seeing.watch import Watch, WatchedTurn
from router import facts
from tests.bot.seeing.test_meters import called, figures


@pytest.fixture
def kept() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def watch(kept: InMemorySpanExporter) -> Iterator[Watch]:
    provider = make_provider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    yield Watch(Meters(), Spans(provider.get_tracer("tests")))
    provider.shutdown()


async def recorded(*happened: facts.Fact) -> tuple[str, ...]:
    return tuple("entry" for _ in happened)


def used_tool() -> facts.ToolCalled:
    return facts.ToolCalled(
        ticket="T-1",
        message="M-1",
        actor="plugin:billing",
        part=0,
        attempt=0,
        tool="look_up",
        failed=True,
        duration_us=1000,
        texts={"arguments": "secret words"},
    )


async def test_turn_agent_model_call_and_tool_are_nested(
    watch: Watch, kept: InMemorySpanExporter
) -> None:
    record = watch.spans.recording(recorded)
    turn = WatchedTurn(Unremembered(), watch, "M-1", "T-1")

    async def answer() -> str:
        await record(called("T-1"))
        await asyncio.create_task(record(used_tool()))  # type: ignore[arg-type]
        return "done"

    with turn.running():
        assert await turn.run("answer:0:0", str, answer) == "done"

    spans = {span.name: span for span in kept.get_finished_spans()}
    assert set(spans) == {
        "invoke_workflow turn",
        "invoke_agent specialist",
        "chat claude",
        "execute_tool look_up",
    }
    assert parent(spans["invoke_agent specialist"]) == own(spans["invoke_workflow turn"])
    assert parent(spans["chat claude"]) == own(spans["invoke_agent specialist"])
    assert parent(spans["execute_tool look_up"]) == own(spans["invoke_agent specialist"])
    chat = spans["chat claude"]
    assert chat.attributes is not None
    assert chat.attributes["gen_ai.operation.name"] == "chat"
    assert chat.attributes["gen_ai.usage.input_tokens"] == 100
    assert chat.end_time is not None
    assert chat.start_time is not None
    assert chat.end_time - chat.start_time == 2_500_000_000


async def test_all_tries_of_a_turn_are_one_trace_that_its_message_leads_to(
    watch: Watch, kept: InMemorySpanExporter
) -> None:
    async def answer() -> str:
        return "done"

    for message in ("M-1", "M-1", "M-2"):
        turn = WatchedTurn(Unremembered(), watch, message, "T-1")
        with turn.running():
            await turn.run("answer:0:0", str, answer)

    traces = [span.context.trace_id for span in kept.get_finished_spans() if span.context]
    assert traces == [trace_id("M-1")] * 4 + [trace_id("M-2")] * 2
    assert trace_id("M-1") == int(hashlib.sha256(b"M-1").hexdigest()[:32], 16)


async def test_spans_hold_no_texts(watch: Watch, kept: InMemorySpanExporter) -> None:
    await watch.spans.recording(recorded)(used_tool())
    turn = WatchedTurn(Unremembered(), watch, "M-1", "T-1")

    async def fail() -> str:
        raise ValueError("secret words")

    with pytest.raises(ValueError, match="secret"), turn.running():
        await turn.run("check:0:0", str, fail)

    assert "secret" not in "".join(span.to_json() for span in kept.get_finished_spans())
    errors = [dict(span.attributes or {}).get("error.type") for span in kept.get_finished_spans()]
    assert errors == ["tool_failed", "ValueError", "ValueError"]


async def test_nothing_is_traced_where_nobody_asks_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)

    async with tracing() as spans:
        assert spans.recording(recorded) is recorded
        with spans.span("anything", {}) as span:
            assert span is None


async def test_steps_are_timed(watch: Watch) -> None:
    turn = WatchedTurn(Unremembered(), watch, "M-1", "T-1")

    async def decide() -> str:
        return "billing"

    with turn.running():
        await turn.run("decide", str, decide)

    seen = figures(watch.meters)
    assert seen["step_seconds_count{step=decide}"] == 1
    assert seen["turn_seconds_count{}"] == 1


def test_names_are_those_of_the_conventions() -> None:
    operations = {value.value for value in conventions.GenAiOperationNameValues}
    assert {
        names.INVOKE_WORKFLOW,
        names.INVOKE_AGENT,
        names.CHAT,
        names.EXECUTE_TOOL,
    } <= operations
    known = {getattr(conventions, name) for name in dir(conventions) if name.startswith("GEN_AI_")}
    ours = {value for value in vars(names).values() if str(value).startswith("gen_ai.")}
    assert ours <= known


def own(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.span_id


def parent(span: ReadableSpan) -> int:
    assert span.parent is not None
    return span.parent.span_id


class Collector(BaseHTTPRequestHandler):
    """Takes what is exported."""

    taken: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        """Keep one request."""
        body = self.rfile.read(int(self.headers["content-length"]))
        self.taken.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


async def test_spans_are_sent_to_the_endpoint_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        async with tracing() as spans:
            with spans.span("invoke_workflow turn", {names.MESSAGE: "M-1"}):
                pass
        server.shutdown()
        thread.join()

    ((path, body),) = Collector.taken
    assert path == "/v1/traces"
    assert b"invoke_workflow turn" in (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)


async def test_collector_that_is_away_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.seeing.spans.FLUSH_SECONDS", 0.2)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    began = time.monotonic()
    async with tracing() as spans:
        with spans.span("invoke_workflow turn", {}):
            pass

    assert time.monotonic() - began < 8
