"""One attempt: a request goes out, an answer comes in, or the evidence of why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import anthropic
from anthropic import AsyncAnthropic
from anthropic.types import Message, ParsedMessage
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
    if schema is None:
        return await client.messages.create(**asked)
    message: Message = await client.messages.parse(**asked, output_format=schema)
    return message


async def _streamed(
    client: AsyncAnthropic, asked: Params, schema: type[BaseModel] | None, seen: Seen
) -> Message:
    """The same by events. The value is read last: why it ended is known only at the end."""
    if schema is not None:
        wanted = {"type": "json_schema", "schema": anthropic.transform_schema(schema)}
        asked = {**asked, "output_config": {**asked.get("output_config", {}), "format": wanted}}
    try:
        async with client.messages.stream(**asked) as events:
            async for _ in events:
                seen.partial = events.current_message_snapshot
            message = await events.get_final_message()
    # The SDK asserts, rather than raises, that events come in their order.
    except (AssertionError, IndexError, RuntimeError) as error:
        raise Unusable(Fault.MALFORMED) from error
    return _with_value(checked(message), schema) if schema else message


def _with_value(message: Message, schema: type[BaseModel]) -> Message:
    content: list[Any] = []
    for block in message.content:
        if block.type == "text":
            value = schema.model_validate_json(block.text)
            content.append(block.model_copy(update={"parsed_output": value}))
        else:
            content.append(block)
    return ParsedMessage.model_construct(**{**dict(message), "content": content})


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
