"""The watch over turns: each has a span, and so has each of its steps; all are timed."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from bot.engine.claiming import Turn
from bot.seeing import names
from bot.seeing.meters import Meters
from bot.seeing.spans import Spans
from router.answer.answered import Answered

T = TypeVar("T")
AGENTS = {"decide": "router", "answer": "specialist", "check": "validator"}
"""Steps in which an agent is at work."""


class HasBreakers(Protocol):
    """Leaves alone what fails too often."""

    @property
    def left_alone(self) -> Mapping[str, bool]:
        """What is, and what is not."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What one process sees of itself."""

    meters: Meters = field(default_factory=Meters)
    spans: Spans = field(default_factory=Spans)
    gateways: list[HasBreakers] = field(default_factory=list)

    def models(self) -> Mapping[str, bool]:
        """Of each model whether it is left alone now because it failed too often."""
        return {name: is_open for one in self.gateways for name, is_open in one.left_alone.items()}

    @contextmanager
    def turn(self, message: str, ticket: str) -> Iterator[None]:
        """One turn, from where it is begun or taken up to where it ends or breaks off."""
        attributes = {
            names.OPERATION: names.INVOKE_WORKFLOW,
            names.WORKFLOW: "turn",
            names.CONVERSATION: ticket,
            names.MESSAGE: message,
        }
        began = time.perf_counter()
        with self.spans.trace(message, f"{names.INVOKE_WORKFLOW} turn", attributes):
            yield
        self.meters.turn_seconds.observe(time.perf_counter() - began)


class WatchedTurn:
    """A turn, with a span and a time for itself and for each of its steps that really runs."""

    def __init__(self, turn: Turn, watch: Watch, message: str, ticket: str) -> None:
        self._turn = turn
        self._watch = watch
        self._message = message
        self._ticket = ticket

    @contextmanager
    def running(self) -> Iterator[None]:
        """What is called in this context belongs to the turn."""
        with self._turn.running(), self._watch.turn(self._message, self._ticket):
            yield

    def did(self, name: str) -> bool:
        """Whether a step is done already."""
        return self._turn.did(name)

    async def run(self, name: str, result: type[T], call: Callable[[], Awaitable[T]]) -> T:
        """Run `call` as a step; one whose result is remembered already takes no time here."""
        step = name.partition(":")[0]

        async def timed() -> T:
            began = time.perf_counter()
            with self._watch.spans.span(*_named(step)) as span:
                value = await call()
                if span is not None and isinstance(value, Answered):
                    span.update_name(f"{names.INVOKE_AGENT} {value.plugin.specialist}")
                    span.set_attribute(names.AGENT, value.plugin.specialist)
            self._watch.meters.step_seconds.labels(step).observe(time.perf_counter() - began)
            return value

        return await self._turn.run(name, result, timed)


def _named(step: str) -> tuple[str, dict[str, str]]:
    agent = AGENTS.get(step)
    if agent is None:
        return step, {names.STEP: step}
    return f"{names.INVOKE_AGENT} {agent}", {
        names.OPERATION: names.INVOKE_AGENT,
        names.AGENT: agent,
        names.STEP: step,
    }
