"""Gets events and interactions to the app, over HTTP or Socket Mode, and keeps a record.

Events are sent again at once, after a minute and after five when they aren't acknowledged, as
Slack does; interactions are sent once. `Timing` lets tests shorten all of that.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.feed import Feed
from bot.sandbox.records import Json

DeliveryKind = Literal["events_api", "interactive", "slash_commands"]
MAX_LOG = 2_000


@dataclass
class Timing:
    """How long things take, in seconds."""

    ack: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    trigger: float = 3.0
    response_url: float = 1800.0


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt. `payload` is what the app answered with."""

    acknowledged: bool
    via: str
    status: int | None = None
    reason: str = ""
    payload: Json | None = None
    wants_retry: bool = True


@dataclass
class Attempt:
    """One try to deliver."""

    via: str
    retry_num: int
    status: int | None
    reason: str
    acknowledged: bool
    seconds: float


@dataclass
class Delivery:
    """An event or interaction on its way to the app."""

    id: str
    kind: DeliveryKind
    name: str
    body: Json
    state: Literal["pending", "acknowledged", "failed", "lost"] = "pending"
    attempts: list[Attempt] = field(default_factory=list)
    response: Json | None = None

    @property
    def acknowledged(self) -> bool:
        """Say whether the app has acknowledged it."""
        return self.state == "acknowledged"

    def to_json(self) -> Json:
        """Return it for the control API."""
        return asdict(self)


class Transport(Protocol):
    """One way to reach the app."""

    async def send(
        self, kind: DeliveryKind, body: Json, *, retry_num: int = 0, retry_reason: str = ""
    ) -> Outcome:
        """Deliver once and wait for the acknowledgement."""
        ...


class Deliveries:
    """Sends in the background and remembers every delivery with its attempts."""

    def __init__(self, *, faults: Faults, feed: Feed, timing: Timing) -> None:
        self.faults = faults
        self.feed = feed
        self.timing = timing
        self.transport: Transport | None = None
        self.log: deque[Delivery] = deque(maxlen=MAX_LOG)
        self._running = asyncio.Event()
        self._running.set()
        self._tasks: set[asyncio.Task[None]] = set()

    def pause(self) -> None:
        """Hold every event back until `resume`."""
        self._running.clear()

    def resume(self) -> None:
        """Deliver what was held back."""
        self._running.set()

    async def close(self) -> None:
        """Give up whatever is still on its way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def send_event(self, body: Json) -> Delivery:
        """Deliver an event in the background, with retries and whatever faults wait for it."""
        name = str(body["event"]["type"])
        delivery = self._record("events_api", name, str(body["event_id"]), body)
        fault = self.faults.take_for_event(name)
        if fault and fault.kind == "lose":
            delivery.state = "lost"
            return delivery
        for _ in range(1 + (fault.copies if fault and fault.kind == "duplicate" else 0)):
            self._start(self._deliver(delivery, fault))
        return delivery

    async def ask(self, kind: DeliveryKind, name: str, key: str, body: Json) -> Delivery:
        """Deliver an interaction once and return it with the app's answer."""
        delivery = self._record(kind, name, key, body)
        await self._attempt(delivery, 0, "")
        if not delivery.acknowledged:
            delivery.state = "failed"
        self.feed.changed()
        return delivery

    def _record(self, kind: DeliveryKind, name: str, key: str, body: Json) -> Delivery:
        delivery = Delivery(id=key, kind=kind, name=name, body=body)
        self.log.append(delivery)
        return delivery

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery, fault: Fault | None) -> None:
        if fault and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        await self._running.wait()
        reason = ""
        for number, pause in enumerate((0.0, *self.timing.retries)):
            await asyncio.sleep(pause)
            outcome = await self._attempt(delivery, number, reason)
            reason = outcome.reason
            if outcome.acknowledged or not outcome.wants_retry:
                break
        if not delivery.acknowledged:
            delivery.state = "failed"
        self.feed.changed()

    async def _attempt(self, delivery: Delivery, number: int, reason: str) -> Outcome:
        if self.transport is None:
            return Outcome(acknowledged=False, via="none", reason="connection_failed")
        loop = asyncio.get_running_loop()
        started = loop.time()
        outcome = await self.transport.send(
            delivery.kind, delivery.body, retry_num=number, retry_reason=reason
        )
        delivery.attempts.append(
            Attempt(
                via=outcome.via,
                retry_num=number,
                status=outcome.status,
                reason=outcome.reason,
                acknowledged=outcome.acknowledged,
                seconds=loop.time() - started,
            )
        )
        if outcome.acknowledged:
            delivery.state = "acknowledged"
            delivery.response = outcome.payload
        self.feed.changed()
        return outcome
