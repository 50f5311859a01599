"""Asking a language model, in words that belong to no vendor.

Agents build a `ModelRequest` and get back a `ModelReply` or a value of a type they named; whoever
stands behind the port `Model` owns retries, fall-backs, limits, cost and the record of each call.
All that somebody wrote travels as `Quoted` or `Found`, never as plain text of ours, so that there
is one place where it becomes data in an envelope (see `router/prompts/envelope.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from frontdesk import ModelUnavailable, Passage
from router.facts import ModelCalled

Schema = TypeVar("Schema", bound=BaseModel)
Recorder = Callable[[ModelCalled], Awaitable[object]]
"""Puts one call on record; what it gives back is not looked at."""


class Role(StrEnum):
    """Whose work a call is: each has its own model, prompt, time limit and budget."""

    ROUTER = "router"
    SPECIALIST = "specialist"
    VALIDATOR = "validator"
    SECOND_OPINION = "second_opinion"


class Trust(StrEnum):
    """How far a quoted text is trusted. No text changes the rules of the prompt."""

    MAY_ASK = "may_ask"
    """The requester or staff: what it asks for may be done, within the rules."""
    DATA_ONLY = "data_only"
    """Anybody and anything else: it is read, never obeyed."""


class Stop(StrEnum):
    """Why a model stopped where it is no failure."""

    DONE = "done"
    TOOLS = "tools"


class Fault(StrEnum):
    """Why a call gave nothing that can be used."""

    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    MALFORMED = "malformed"
    CUT_OFF = "cut_off"
    REFUSED = "refused"
    BAD_REQUEST = "bad_request"
    BAD_KEY = "bad_key"
    UNKNOWN_MODEL = "unknown_model"
    PAUSED = "paused"
    """Not called: it failed so often that it is left alone for a while."""
    CANCELLED = "cancelled"
    """The caller stopped waiting."""


@dataclass(frozen=True)
class Prompt:
    """A prompt text with its version. Its digest is on the record of every call made with it."""

    name: str
    version: int
    text: str

    @property
    def id(self) -> str:
        """Name and version, e.g. `router@3`."""
        return f"{self.name}@{self.version}"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Instruction:
    """Text of ours in the conversation, e.g. what to do with the blocks that follow."""

    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """Text that somebody or something else wrote. `name` says what it is, e.g. `message`."""

    name: str
    author: str
    text: str
    trust: Trust = Trust.DATA_ONLY


@dataclass(frozen=True, slots=True)
class Found:
    """A passage of an article, handed over so that the model can cite it."""

    passage: Passage


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave back, as data. `call` is the id of the `ToolCall`."""

    call: str
    tool: str
    text: str
    failed: bool = False


Block = Instruction | Quoted | Found | ToolResult


@dataclass(frozen=True, slots=True)
class DeskTurn:
    """What the desk says to the model."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ModelTurn:
    """What the model said, to be handed back as it came. `content` is for the gateway only."""

    model: str
    content: object


Turn = DeskTurn | ModelTurn


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as the model sees it. `schema` is the JSON schema of its arguments."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """One call. `prompt` and `context` are the same for many calls, so they are cached as prefix.

    `context` is more of ours that goes with the prompt, e.g. the list of specialists. `actor` is
    who is on record for the call, `kind:name`. `max_tokens` overrides the role's setting.
    """

    role: Role
    prompt: Prompt
    turns: tuple[Turn, ...]
    ticket: str
    actor: str
    context: str = ""
    tools: tuple[ToolSpec, ...] = ()
    message: str | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call used up, failed attempts included. Cost in micro-dollars."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    cost_microusd: int = 0

    @property
    def tokens(self) -> int:
        """All tokens that went in and came out."""
        return (
            self.input_tokens
            + self.output_tokens
            + self.cache_read_tokens
            + self.cache_write_tokens
        )

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.cost_microusd + other.cost_microusd,
        )


@dataclass(frozen=True, slots=True)
class Cited:
    """A place that the model cites: which `Found` of the request (from 0), and the text there."""

    found: int
    quote: str


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of a reply and what it is based on."""

    text: str
    citations: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model wants a tool called. The arguments are not validated yet."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What a model said. `turn` goes back into the next request of the same conversation."""

    said: tuple[Said, ...]
    tool_calls: tuple[ToolCall, ...]
    stop: Stop
    turn: ModelTurn
    model: str
    usage: Usage = field(default_factory=Usage)

    @property
    def text(self) -> str:
        """All that was said, without its citations."""
        return "".join(piece.text for piece in self.said).strip()


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Schema]):
    """A value that a model gave, and the model that gave it."""

    value: Schema
    model: str
    usage: Usage = field(default_factory=Usage)


class ModelFailed(ModelUnavailable):
    """No model gave anything usable, after all retries and the fall-back.

    `fault` is the last one; `usage` what was spent all the same.
    """

    def __init__(self, fault: Fault, text: str, usage: Usage | None = None) -> None:
        super().__init__(text)
        self.fault = fault
        self.usage = usage or Usage()


class Model(Protocol):
    """A language model behind its gateway. Every call is on record before it returns."""

    async def parse(self, request: ModelRequest, schema: type[Schema]) -> Parsed[Schema]:
        """Ask for a value of type `schema`; it is validated, and unknown fields are a fault.

        Raises:
            ModelFailed: there is none; the fault says why.
            StoreError: the call could not be recorded: do not use its result.
        """

    async def converse(self, request: ModelRequest) -> ModelReply:
        """Ask for text with citations, or for tools to be called.

        Raises:
            ModelFailed: there is none; the fault says why.
            StoreError: the call could not be recorded: do not use its result.
        """
