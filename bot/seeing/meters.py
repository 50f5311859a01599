"""Meters: what a process counts, in the words of Prometheus.

Most are counted from facts as they are committed: what is on record is counted, whoever recorded
it, and nothing else. Labels are from fixed sets, or the names of what is installed; never ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from router import facts
from router.facts import Fact
from router.notice_facts import NoticeFailed, NoticePosted
from storage.facts import MessageReceived

SECOND_US = 1_000_000
QUICK = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
LONG = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300)


class Meters:
    """All meters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._counters()
        self._times()
        self._gauges()

    def _counters(self) -> None:
        one = self._counter
        self.received = one("messages_received", "Messages kept", "source")
        self.turns = one("turns", "Turns that ended", "outcome")
        self.resumed = one("turns_resumed", "Turns taken up after a crash")
        self.escalated = one("escalations", "Matters given to a human", "reason")
        self.withheld = one("replies_withheld", "Drafts overtaken by the thread", "why")
        self.verdicts = one("verdicts", "Drafts judged", "what", "verdict")
        self.answers = one("answers", "Answers of specialists", "specialist", "result")
        self.model_calls = one("model_calls", "Calls to models", "role", "model", "result")
        self.tokens = one("model_tokens", "Tokens of models", "model", "kind")
        self.cost = one("model_cost_dollars", "What models cost, in dollars", "model")
        self.tools = one("tool_calls", "Tools that ran", "tool", "result")
        self.posts = one("posts", "Answers posted to threads", "result")
        self.notices = one("notices", "What was said outside of turns", "result")
        self.slack = one("slack_calls", "Calls to Slack", "method", "result")

    def _times(self) -> None:
        self.turn_seconds = Histogram(
            "frontdesk_turn_seconds",
            "From the start of a turn to its end",
            registry=self.registry,
            buckets=LONG,
        )
        self.step_seconds = Histogram(
            "frontdesk_step_seconds",
            "Time of a step of a turn",
            ["step"],
            registry=self.registry,
            buckets=QUICK,
        )
        self.model_seconds = Histogram(
            "frontdesk_model_call_seconds",
            "Time of a call to a model, with its retries",
            ["role", "model"],
            registry=self.registry,
            buckets=LONG,
        )
        self.tool_seconds = Histogram(
            "frontdesk_tool_call_seconds",
            "Time of a tool",
            registry=self.registry,
            buckets=QUICK,
        )

    def _gauges(self) -> None:
        one = self.gauge
        self.database_up = one("database_up", "Whether the database answers")
        self.waiting = one("waiting", "What waits in the database", "what")
        self.oldest = one("oldest_seconds", "Age of the oldest that waits", "what")
        self.clock_silent = one("clock_silent_seconds", "Since a clock was last heard of")
        self.clock_skew = one("clock_skew_seconds", "How far the database's clock is ahead")
        self.breakers = one("breaker_open", "Whether it is left alone after faults", "kind", "name")
        self.lanes = one("tickets_at_work", "Tickets with turns in this process")
        self.sockets = one("sockets_connected", "Open sockets to Slack of this process")

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"frontdesk_{name}", what, labels, registry=self.registry)

    def gauge(self, name: str, what: str, *labels: str) -> Gauge:
        """A gauge of this process."""
        return Gauge(f"frontdesk_{name}", what, labels, registry=self.registry)

    def text(self) -> bytes:
        """All meters, as Prometheus reads them."""
        return bytes(generate_latest(self.registry))

    def committed(self, happened: Sequence[Fact]) -> None:
        """Count facts that are on record now."""
        for fact in happened:
            _count(fact, self)


@singledispatch
def _count(fact: Fact, meters: Meters) -> None:
    """Count one fact; most say nothing here."""


@_count.register
def _(fact: MessageReceived, meters: Meters) -> None:
    meters.received.labels(fact.source).inc()


@_count.register
def _(fact: facts.TurnEnded, meters: Meters) -> None:
    meters.turns.labels(str(fact.outcome)).inc()


@_count.register
def _(fact: facts.TurnResumed, meters: Meters) -> None:
    meters.resumed.inc()


@_count.register
def _(fact: facts.TicketEscalated, meters: Meters) -> None:
    meters.escalated.labels(str(fact.reason)).inc()


@_count.register
def _(fact: facts.ReplyWithheld, meters: Meters) -> None:
    meters.withheld.labels(fact.why).inc()


@_count.register
def _(fact: facts.ReplyJudged, meters: Meters) -> None:
    what, _, verdict = fact.kind.partition(":")
    meters.verdicts.labels(what, verdict).inc()


@_count.register
def _(fact: facts.AnswerDrafted, meters: Meters) -> None:
    meters.answers.labels(fact.plugin.specialist, fact.answer).inc()


@_count.register
def _(fact: facts.SpecialistFailed, meters: Meters) -> None:
    meters.answers.labels(fact.plugin.specialist, "failed").inc()


@_count.register
def _(fact: facts.ModelCalled, meters: Meters) -> None:
    model = fact.requested
    meters.model_calls.labels(fact.role, model, fact.fault or "ok").inc()
    meters.model_seconds.labels(fact.role, model).observe(fact.latency_us / SECOND_US)
    meters.cost.labels(model).inc(fact.cost_microusd / 1_000_000)
    for kind in ("input", "output", "cache_read", "cache_write"):
        meters.tokens.labels(model, kind).inc(getattr(fact, f"{kind}_tokens"))


@_count.register
def _(fact: facts.ToolCalled, meters: Meters) -> None:
    meters.tools.labels(fact.tool, "failed" if fact.failed else "ok").inc()
    meters.tool_seconds.observe(fact.duration_us / SECOND_US)


@_count.register
def _(fact: facts.PostDone, meters: Meters) -> None:
    meters.posts.labels("found" if fact.found else "ok").inc()


@_count.register
def _(fact: facts.PostFailed, meters: Meters) -> None:
    meters.posts.labels("failed").inc()


@_count.register
def _(fact: NoticePosted, meters: Meters) -> None:
    meters.notices.labels("ok").inc()


@_count.register
def _(fact: NoticeFailed, meters: Meters) -> None:
    meters.notices.labels("failed").inc()
