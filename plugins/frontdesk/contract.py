"""The contract between the desk and a specialist: what a plugin author reads first.

A specialist gets a `Ticket` and a `Context` and returns an `Answer`. Everything here is plain
data or a plain object; nothing depends on Slack, a database or a model vendor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from frontdesk.permissions import Http, Permissions

API_VERSION = 1
"""Version of this contract. A plugin module may state `frontdesk_api = 1`; another number
keeps it from loading."""


class Author(StrEnum):
    """Who wrote a message, which is also how far it is trusted."""

    REQUESTER = "requester"
    STAFF = "staff"
    BYSTANDER = "bystander"
    DESK = "desk"


class EscalationReason(StrEnum):
    """Why a ticket goes to a human. The list is fixed."""

    UNSURE = "unsure"
    OUT_OF_SCOPE = "out_of_scope"
    ASKED_FOR_HUMAN = "asked_for_human"
    REJECTED = "rejected"
    BUDGET = "budget"
    LOOP = "loop"
    SPECIALIST_FAILED = "specialist_failed"
    MODEL_UNAVAILABLE = "model_unavailable"
    POLICY = "policy"
    PERMISSION = "permission"
    ABUSE = "abuse"


@dataclass(frozen=True, slots=True)
class Message:
    """One thing someone wrote in the ticket's thread."""

    author: Author
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """The matter a specialist is asked to answer.

    `text` is this matter alone: a message with two matters gives two tickets of this shape with
    the same `id`. `thread` holds the latest messages, oldest first, bounded in number. `objections`
    are what the validator said about the previous draft, empty on the first try. `packet` is what
    another specialist wrote when it handed the matter over.
    """

    id: str
    text: str
    thread: tuple[Message, ...] = ()
    language: str = "en"
    objections: tuple[str, ...] = ()
    packet: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a knowledge article. `score` is in 0..1; `id` is stable while the text is."""

    id: str
    title: str
    source: str
    text: str
    updated: date | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement of a reply comes from. `quote` stands word for word in the passage."""

    passage: str
    title: str
    source: str
    quote: str

    @classmethod
    def of(cls, passage: Passage, quote: str | None = None) -> Citation:
        """Cite `passage`, all of it or one `quote` out of it."""
        return cls(passage.id, passage.title, passage.source, quote or passage.text)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to the requester. Every statement must be covered by a citation."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A short question back to the requester, asked when something is missing."""

    text: str


@dataclass(frozen=True, slots=True)
class Handoff:
    """Another specialist should answer. `summary` is all that the other one gets to read."""

    to: str
    reason: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """A human should answer. `note` tells staff what was found so far."""

    reason: EscalationReason
    note: str = ""


Answer = Reply | Question | Handoff | Escalation
"""What a specialist returns."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One objection to a reply. `code` is short and stable; `message` says what to change."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule for a specialist's replies.

    `text` is for people and the validator agent. `forbid` are case-insensitive regular expressions
    that no reply may match; `require` are ones that every reply must match.
    """

    id: str
    text: str
    forbid: tuple[str, ...] = ()
    require: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """A typed function that a specialist's model may call. `changes`: it alters something."""

    name: str
    description: str
    function: Callable[..., Any]
    changes: bool = False


def tool(*, changes: bool = False) -> Callable[[Callable[..., Any]], Tool]:
    """Make a typed function with a docstring into a tool.

    Arguments are validated against the type hints before the call. An argument with the type hint
    `Context` is filled by the desk and not shown to the model. A tool that `changes` something runs
    only after a human has confirmed its exact arguments.

    Raises:
        TypeError: the function has no docstring to tell the model what it does.
    """

    def mark(function: Callable[..., Any]) -> Tool:
        description = (function.__doc__ or "").strip()
        if not description:
            raise TypeError(f"tool {function.__name__!r} needs a docstring: the model reads it")
        return Tool(function.__name__, description, function, changes)

    return mark


class Context(Protocol):
    """What a specialist may use during one call."""

    @property
    def key(self) -> str:
        """The same for every try of this answer: pass it to services as their idempotency key."""

    async def search(self, query: str, limit: int = 5) -> Sequence[Passage]:
        """Search this specialist's own knowledge; best passage first, scores in 0..1."""

    async def ask(self, instructions: str, data: Mapping[str, str]) -> str:
        """Ask the language model. `data` is quoted to it as data, by name, never as instruction.

        Raises:
            ModelUnavailable: no model is configured, or it did not answer.
            BudgetExceeded: this ticket's limits are used up.
        """

    @property
    def http(self) -> Http:
        """Reaches the hosts that the specialist's `permissions` name and the operator granted."""

    def found(self, text: str, *, title: str, source: str) -> Passage:
        """What a service said, as a passage to cite; it is on record as such.

        `source` is where the requester can see it: an address at a host that was granted.

        Raises:
            NotGranted: `source` is anywhere else.
        """

    def secret(self, name: str) -> str:
        """A secret that `permissions` name and the operator granted. Never log or say it.

        Raises:
            NotGranted: it is not named, not granted, or not set.
        """

    async def answer(self, ticket: Ticket) -> Answer:
        """Answer as a specialist does that overrides nothing.

        With its knowledge, instructions and tools, by a model where one is configured, else by
        quoting what was found.
        """

    def log(self, message: str, **fields: str | int | bool) -> None:
        """Write to the desk's log under this ticket's correlation id. Never put secrets in it."""


class Specialist:
    """A plugin's agent for one field.

    Subclass it and set class attributes, or call it with keywords; an object of another class with
    these attributes will do as well. `handles` is one paragraph that the router reads; `title` is
    what people see (the name, capitalised, if empty); `examples` are messages as requesters write
    them (10 to 40 are good); `counter_examples` look alike but belong elsewhere. `knowledge` is a
    folder of Markdown articles with front matter (title, source, updated). `permissions` is what it
    needs beyond them; the operator grants it.
    """

    name: str = ""
    handles: str = ""
    title: str = ""
    examples: Sequence[str] = ()
    counter_examples: Sequence[str] = ()
    instructions: str = ""
    knowledge: Path | None = None
    tools: Sequence[Tool] = ()
    policies: Sequence[Policy] = ()
    permissions: Permissions = Permissions()

    def __init__(self, **facts: Any) -> None:
        for name, value in facts.items():
            if name not in Specialist.__annotations__:
                raise TypeError(f"a specialist has no {name!r}; it has {_facts()}")
            setattr(self, name, value)

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        """Answer one matter. The default runs the desk's own agent loop."""
        return await context.answer(ticket)


def _facts() -> str:
    return ", ".join(Specialist.__annotations__)
