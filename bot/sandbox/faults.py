"""Faults on request: what a network, and Slack itself, do to an app sooner or later.

A fault waits for its target and is used up after `times` hits. Targets are a Web API method
(`chat.postMessage`), `*` for any method, `events` or `events:<type>` for deliveries, and
`handshakes` for Socket Mode connections.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

FaultKind = Literal[
    "lost_response",  # the method runs, its answer never arrives
    "drop",  # the connection breaks before anything happens
    "delay",  # the method, or the delivery, waits `seconds`
    "error",  # {"ok": false, "error": `error`}
    "rate_limited",  # HTTP 429 with Retry-After: `seconds`
    "status",  # HTTP `status` with no JSON in it
    "duplicate",  # an event arrives `copies` times more
    "lose",  # an event never arrives
    "refuse",  # a Socket Mode handshake fails with `status`; its ticket is spent
]

KINDS = frozenset(get_args(FaultKind))
ANY_METHOD = "*"
EVENTS = "events"
HANDSHAKES = "handshakes"


@dataclass
class Fault:
    """One ordered fault and how often it's still to happen."""

    target: str
    kind: FaultKind
    times: int = 1
    seconds: float = 1.0
    error: str = "fatal_error"
    status: int = 500
    copies: int = 1

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; known are {', '.join(sorted(KINDS))}")


class Faults:
    """The faults that wait to happen, in the order they were asked for."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Order a fault."""
        self.waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Forget every fault that has not happened yet."""
        self.waiting.clear()

    def take(self, *targets: str) -> Fault | None:
        """Return the next fault that waits for one of `targets`, and count it down."""
        for fault in self.waiting:
            if fault.target in targets:
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None

    def take_for_method(self, method: str) -> Fault | None:
        """Return the next fault for a Web API call."""
        return self.take(method, ANY_METHOD)

    def take_for_event(self, event_type: str) -> Fault | None:
        """Return the next fault for an event's delivery."""
        return self.take(f"{EVENTS}:{event_type}", EVENTS)
