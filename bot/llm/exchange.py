"""One attempt: a request goes out, an answer comes in, or the evidence of why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

import anthropic
import pydantic
from anthropic import AsyncAnthropic
from anthropic.types import Message
from pydantic import BaseModel

from bot.llm.answering import checked, field_of, stop_fault, usage_of
from bot.llm.asking import Params
from bot.llm.client import SEEN, Seen
from bot.llm.faults import VENDOR_ERRORS, Unusable, fault_of, retry_after
from router.model import Fault, Usage

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of an answer, usable or not. Tokens come without their cost."""

    usage: Usage = field(default_factory=Usage)
    model: str = ""
    request_id: str = ""
    stop_reason: str = ""


@dataclass(frozen=True, slots=True)
class Exchanged(Generic[T]):
    """An answer that can be used."""

    result: T
    evidence: Evidence


class FailedExchange(Exception):  # noqa: N818 - it names a state, and ends inside the gateway
    """The attempt gave nothing usable. `wait` is how many seconds the server asks to wait."""

    def __init__(self, fault: Fault, evidence: Evidence, wait: float | None) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.evidence = evidence
        self.wait = wait


async def exchange(
    client: AsyncAnthropic,
    asked: Params,
    schema: type[BaseModel] | None,
    read: Callable[[Message], T],
    *,
    stream: bool,
) -> Exchanged[T]:
    """Ask once and read the answer.

    Raises:
        FailedExchange: there is no usable answer.
    """
    seen = Seen()
    token = SEEN.set(seen)
    send = _streamed if stream else _sent
    try:
        # The SDK's own limit is per read, so an answer that trickles in would never reach it.
        async with asyncio.timeout(asked["timeout"]):
            message = await send(client, asked, schema, seen)
        return Exchanged(read(checked(message)), _evidence(message, seen))
    except (*VENDOR_ERRORS, Unusable) as error:
        evidence = _evidence(seen.partial or _body(seen), seen)
        fault = _by_stop(evidence) or fault_of(error)
        raise FailedExchange(fault, evidence, retry_after(error)) from error
    finally:
        SEEN.reset(token)


async def _sent(
    client: AsyncAnthropic, asked: Params, schema: type[BaseModel] | None, _seen: Seen
) -> Message:
    raw = await client.messages.with_raw_response.create(**_formed(asked, schema))
    try:
        return Message.model_validate_json(await raw.read())
    # The SDK's own way builds piece by piece, at ten times the cost, also what it does not know.
    except pydantic.ValidationError:
        return await raw.parse()


async def _streamed(
    client: AsyncAnthropic, asked: Params, schema: type[BaseModel] | None, seen: Seen
) -> Message:
    """The same by events."""
    try:
        async with client.messages.stream(**_formed(asked, schema)) as events:
            async for _ in events:
                seen.partial = events.current_message_snapshot
            return await events.get_final_message()
    # The SDK asserts, rather than raises, that events come in their order.
    except (AssertionError, IndexError, RuntimeError) as error:
        raise Unusable(Fault.MALFORMED) from error


def _formed(asked: Params, schema: type[BaseModel] | None) -> Params:
    """With the form of the answer; it is read last, because why it ended counts first."""
    if schema is None:
        return asked
    return {**asked, "output_config": {**asked.get("output_config", {}), "format": _form(schema)}}


@lru_cache(maxsize=64)
def _form(schema: type[BaseModel]) -> Params:
    return {"type": "json_schema", "schema": anthropic.transform_schema(schema)}


def _evidence(answer: object, seen: Seen) -> Evidence:
    def text(name: str) -> str:
        found = field_of(answer, name)
        return found if isinstance(found, str) else ""

    response = seen.response
    return Evidence(
        usage=usage_of(answer),
        model=text("model"),
        request_id=response.headers.get("request-id", "") if response is not None else "",
        stop_reason=text("stop_reason"),
    )


def _body(seen: Seen) -> object:
    """The body of an answer that nothing could be made of, as far as it is JSON."""
    if seen.response is None:
        return None
    try:
        return seen.response.json()
    # Not read, cut short, no JSON, no text: there is no evidence in it then, whatever the reason.
    except Exception:
        return None


def _by_stop(evidence: Evidence) -> Fault | None:
    """A refusal or a cut is what it is, also where its text failed to be what was asked for."""
    return stop_fault(evidence.stop_reason) if evidence.stop_reason else None
