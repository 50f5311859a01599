"""More doors for plugins: checks, observers, web routes, commands, sources of knowledge.

Each is a plain object with a name that no other has. What reaches beyond the plugin itself (an
observer, a route, a source) works only once the operator has granted it by that name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from frontdesk.contract import Citation, Finding
from frontdesk.permissions import Http, Permissions

TICKET_EVENTS = (
    "ticket:opened",
    "ticket:escalated",
    "ticket:taken-over",
    "ticket:handed-back",
    "ticket:resolved",
)
"""Kinds of entries that tell of a ticket's life, for an observer's `kinds`."""


class DoorContext(Protocol):
    """What a door may use during one call: only what its `permissions` name and was granted."""

    @property
    def http(self) -> Http:
        """Reaches the granted hosts."""

    def secret(self, name: str) -> str:
        """A granted secret. Never log or say it.

        Raises:
            NotGranted: it is not named, not granted, or not set.
        """

    def log(self, message: str, **fields: str | int | bool) -> None:
        """Write to the desk's log. Never put secrets in it."""


@dataclass(frozen=True, slots=True)
class DraftReply:
    """A draft as an added check sees it: `kind` is `reply`, `question` or the desk's `notice`."""

    text: str
    question: str
    kind: str
    specialist: str
    citations: tuple[Citation, ...] = ()


class ReplyCheck(Protocol):
    """A check of its own in the validator. It can only add a no: nothing it does lets a draft out.

    It must keep no state between drafts. One that raises or hangs is a no too, and the ticket goes
    to a human.
    """

    @property
    def name(self) -> str:
        """Its stable name."""

    @property
    def version(self) -> int:
        """Counts up whenever its findings may change."""

    def check(self, draft: DraftReply) -> Sequence[Finding] | Awaitable[Sequence[Finding]]:
        """What is wrong with the draft; empty if nothing."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of the audit trail: no text that anybody wrote, and nobody's name.

    `leaf` is its exact canonical JSON, which is what the log's proofs are about; `index` is its
    place in the log.
    """

    index: int
    id: str
    kind: str
    ticket: str
    actor: str
    at: datetime
    leaf: str


class Observer(Protocol):
    """Follows the audit trail: every entry at least once, in the order of the log.

    What it has taken is remembered when `observe`
    returns; when it raises or takes too long the same entries come again later, so it must bear to
    get an entry twice (`id` tells).
    """

    @property
    def name(self) -> str:
        """Its name, by which it is granted."""

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds of entries it wants; empty for all."""

    @property
    def permissions(self) -> Permissions:
        """What it needs besides the entries."""

    async def observe(self, entries: Sequence[AuditEntry], context: DoorContext) -> None:
        """Take some entries, at most a few hundred."""


@dataclass(frozen=True, slots=True)
class WebRequest:
    """What somebody sent to a route. `path` is what stands after the route's own address."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class WebReply:
    """What a route answers. Pages are shown without rights of their own (a sandboxed origin)."""

    text: str
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"


Handler = Callable[[WebRequest, DoorContext], Awaitable[WebReply]]


@dataclass(frozen=True, slots=True)
class Route:
    """An address of the desk's site, `/plugins/NAME/…`. Anybody can call it: verify who does."""

    name: str
    handler: Handler
    methods: tuple[str, ...] = ("GET",)
    permissions: Permissions = field(default_factory=Permissions)


@dataclass(frozen=True, slots=True)
class Command:
    """A command of its own: `frontdesk plugins run NAME …`. `run` gives the exit code."""

    name: str
    help: str
    run: Callable[[Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Article:
    """A knowledge article, as in a specialist's folder: `text` is Markdown."""

    title: str
    source: str
    text: str
    updated: date | None = None


class KnowledgeSource(Protocol):
    """Articles from elsewhere for a specialist, besides those in its folder.

    They are fetched when the desk starts and then every `seconds`. When that fails the last stay.
    """

    @property
    def name(self) -> str:
        """Its name, by which it is granted."""

    @property
    def specialist(self) -> str:
        """Whose articles they are."""

    @property
    def seconds(self) -> float:
        """How often they are fetched again."""

    @property
    def permissions(self) -> Permissions:
        """What it needs to fetch them."""

    async def fetch(self, context: DoorContext) -> Sequence[Article]:
        """All articles there are now."""


Door = ReplyCheck | Observer | Route | Command | KnowledgeSource
