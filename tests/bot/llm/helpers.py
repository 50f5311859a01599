"""A gateway on a local server, with a record to look at and no time wasted on waiting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from pydantic import BaseModel, ConfigDict

from bot.llm import Gateway, LlmSettings, RoleSettings
from frontdesk import Passage
from router.facts import ModelCalled
from router.model import (
    DeskTurn,
    Found,
    ModelRequest,
    Prompt,
    Quoted,
    Role,
    ToolSpec,
    Trust,
)
from tests.messages_api import MessagesServer

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
PROMPT = Prompt("test", 3, "You are a careful assistant. " * 20)
REFUNDS = Passage(
    "p1",
    "Refunds",
    "kb/refunds.md",
    "Refunds take five days. They go to the card you paid with.\nAsk within 30 days.",
)
LOOK_UP = ToolSpec(
    "look_up",
    "Look up an invoice.",
    {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]},
)


class Choice(BaseModel):
    """What the tests ask for."""

    model_config = ConfigDict(extra="forbid")

    name: str
    sure: int


@dataclass
class Bench:
    """The gateway under test and everything it left behind."""

    gateway: Gateway
    server: MessagesServer
    record: list[ModelCalled] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)


@asynccontextmanager
async def bench(
    server: MessagesServer, *, fallback: str | None = None, seconds: float = 5.0, **changes: object
) -> AsyncIterator[Bench]:
    """A gateway on `server`; `seconds` is for an attempt, `changes` are settings."""
    async with server:
        role = RoleSettings(HAIKU, fallback, timeout=seconds, total=30.0, max_tokens=256)
        settings = LlmSettings(
            api_key=server.api_key, base_url=server.url, roles=dict.fromkeys(Role, role)
        )
        settings = replace(settings, **changes)  # type: ignore[arg-type]
        found = Bench(None, server)  # type: ignore[arg-type]

        async def record(call: ModelCalled) -> None:
            found.record.append(call)

        async def sleep(seconds: float) -> None:
            found.slept.append(seconds)

        found.gateway = Gateway(settings, record, sleep=sleep, jitter=lambda: 1.0)
        try:
            yield found
        finally:
            await found.gateway.close()
        assert server.errors == []


def request(text: str = "Where is my refund?", **changes: object) -> ModelRequest:
    """A request with a question and a passage."""
    turn = DeskTurn((Quoted("message", "requester", text, Trust.MAY_ASK), Found(REFUNDS)))
    asked = ModelRequest(
        role=Role.SPECIALIST,
        prompt=PROMPT,
        turns=(turn,),
        ticket="T1",
        actor="plugin:billing",
        message="M1",
    )
    return replace(asked, **changes)  # type: ignore[arg-type]


def plain(text: str = "Where is my refund?") -> ModelRequest:
    """A request without passages, for values: citations and values exclude each other."""
    return request(turns=(DeskTurn((Quoted("message", "requester", text),)),), role=Role.ROUTER)
