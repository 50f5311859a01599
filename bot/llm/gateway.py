"""The one way to a language model: limits, retries, fall-back, cost and record of every call.

A call goes to the role's model. What another attempt may mend is tried again after a growing wait
with jitter, or after the wait the server names if there is time for it; then the fall-back model
is asked; then the caller gets `ModelFailed` and goes on without a model. A model that keeps failing
is paused, so that an outage costs one probe now and then and not a time-out a ticket.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from anthropic.types import Message
from pydantic import BaseModel

from bot.llm.answering import reply_of, value_of
from bot.llm.asking import Params, params, params_content
from bot.llm.breaker import Breaker
from bot.llm.client import make_client
from bot.llm.exchange import Exchanged, FailedExchange, exchange
from bot.llm.faults import FINAL, OUTAGES, RETRIED
from bot.llm.prices import PriceTable
from bot.llm.settings import LlmSettings, RoleSettings
from bot.llm.tally import Tally
from router.model import (
    Fault,
    ModelFailed,
    ModelReply,
    ModelRequest,
    Parsed,
    Recorder,
    Schema,
    Usage,
)

T = TypeVar("T")
Reader = Callable[[Message, str], T]
Keep = Callable[[str, bytes], Awaitable[object]]
"""Puts away what a digest on record stands for, as what kind of thing."""


@dataclass(frozen=True, slots=True)
class _Call(Generic[T]):
    """One call: what is asked, how its answer is read, and when its time is up."""

    request: ModelRequest
    role: RoleSettings
    schema: type[BaseModel] | None
    read: Reader[T]
    deadline: float


class Gateway:
    """Asks models. Implements `router.model.Model`; close it when done.

    With `keep` what is asked besides texts is put away before it is asked.
    """

    def __init__(
        self,
        settings: LlmSettings,
        record: Recorder,
        *,
        keep: Keep | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._record = record
        self._keep = keep
        self._kept: set[str] = set()
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._client = make_client(settings)
        self._slots = asyncio.Semaphore(settings.in_flight)
        self._breakers: dict[str, Breaker] = {}

    @property
    def prices(self) -> PriceTable:
        """What costs are counted with."""
        return self._settings.prices

    @property
    def left_alone(self) -> Mapping[str, bool]:
        """Of each model that was asked whether it is left alone now."""
        return {name: one.is_open for name, one in self._breakers.items()}

    async def parse(self, request: ModelRequest, schema: type[Schema]) -> Parsed[Schema]:
        """Ask for a value of type `schema`; see `router.model.Model`."""

        def read(message: Message, _model: str) -> Parsed[Schema]:
            return Parsed(value_of(message, schema), message.model)

        parsed, usage = await self._ask(self._call(request, schema, read))
        return replace(parsed, usage=usage)

    async def converse(self, request: ModelRequest) -> ModelReply:
        """Ask for text or for tools to be called; see `router.model.Model`."""

        def read(message: Message, model: str) -> ModelReply:
            return reply_of(message, request, model)

        reply, usage = await self._ask(self._call(request, None, read))
        return replace(reply, usage=usage)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _call(
        self, request: ModelRequest, schema: type[BaseModel] | None, read: Reader[T]
    ) -> _Call[T]:
        role = self._settings.roles[request.role]
        return _Call(request, role, schema, read, self._clock() + role.total)

    async def _ask(self, call: _Call[T]) -> tuple[T, Usage]:
        """Ask the role's model, then its fall-back; each leaves one record."""
        spent = Usage()
        fault = Fault.TIMEOUT
        for model in _models(call.role):
            tally = Tally(model, self._settings.prices, self._clock())
            try:
                result = await self._ask_model(call, model, tally)
            except asyncio.CancelledError:
                tally.fault = Fault.CANCELLED
                await self._record(tally.fact(call.request, self._clock()))
                raise
            await self._record(tally.fact(call.request, self._clock()))
            spent += tally.usage
            if result is not None:
                return result.result, spent
            fault = tally.fault or fault
            if fault in FINAL or self._time_left(call) <= 0:
                break
        raise ModelFailed(fault, _sorry(call.request, fault), spent)

    async def _ask_model(self, call: _Call[T], model: str, tally: Tally) -> Exchanged[T] | None:
        """Ask one model, again and again within the limits; None if it gave nothing usable."""
        breaker = self._breaker(model)
        max_tokens = call.request.max_tokens or call.role.max_tokens
        for retry in self._retries():
            if not breaker.admits():
                tally.fault = tally.fault or Fault.PAUSED
                return None
            try:
                answer = await self._attempt(call, model, max_tokens, tally)
            except FailedExchange as failed:
                tally.failed(failed)
                if failed.fault in OUTAGES:
                    breaker.failed()
                if failed.fault is Fault.CUT_OFF:
                    max_tokens *= 2
                if not await self._may_retry(call, failed, retry):
                    return None
            else:
                breaker.worked()
                tally.answered(answer.evidence)
                return answer
        return None

    async def _attempt(
        self, call: _Call[T], model: str, max_tokens: int, tally: Tally
    ) -> Exchanged[T]:
        asked = params(call.request, call.role, model, max_tokens)
        async with self._slots:
            asked["timeout"] = max(0.001, min(call.role.timeout, self._time_left(call)))
            tally.attempts += 1
            tally.params_digest = await self._put_away(call, asked)
            return await exchange(
                self._client,
                asked,
                call.schema,
                lambda message: call.read(message, model),
                stream=self._settings.stream,
            )

    async def _put_away(self, call: _Call[T], asked: Params) -> str:
        """Keep what is asked, once, so that the digest on record resolves; give the digest."""
        content = params_content(call.request, asked, call.schema)
        digest = hashlib.sha256(content).hexdigest()
        if self._keep is not None and digest not in self._kept:
            await self._keep("params", content)
            self._kept.add(digest)
        return digest

    async def _may_retry(self, call: _Call[T], failed: FailedExchange, retry: int) -> bool:
        """Wait for the next attempt, if there is to be one."""
        if failed.fault not in RETRIED or retry == self._settings.max_retries:
            return False
        if failed.fault is Fault.TIMEOUT and call.role.fallback:
            return False  # another model is more likely to answer in the time that is left
        if failed.fault is Fault.CUT_OFF and retry > 0:
            return False
        wait = failed.wait if failed.wait is not None else self._backoff(retry)
        if wait >= self._time_left(call):
            return False
        await self._sleep(wait)
        return True

    def _backoff(self, retry: int) -> float:
        longest = min(self._settings.backoff * 2.0**retry, self._settings.longest_backoff)
        return longest * (0.5 + 0.5 * self._jitter())

    def _retries(self) -> Iterator[int]:
        return iter(range(self._settings.max_retries + 1))

    def _time_left(self, call: _Call[T]) -> float:
        return call.deadline - self._clock()

    def _breaker(self, model: str) -> Breaker:
        if model not in self._breakers:
            s = self._settings
            self._breakers[model] = Breaker(s.pause_after, s.pause, self._clock)
        return self._breakers[model]


def _models(role: RoleSettings) -> list[str]:
    return [role.model, *([role.fallback] if role.fallback else [])]


def _sorry(request: ModelRequest, fault: Fault) -> str:
    hint = {
        Fault.BAD_KEY: "check ANTHROPIC_API_KEY and what it may use",
        Fault.UNKNOWN_MODEL: "check the model names in the settings",
        Fault.BAD_REQUEST: "the server refused the request; the model may not know an option of it",
    }.get(fault, "the calls and their faults are on record")
    return f"no language model answered the {request.role} agent ({fault}): {hint}"
