"""What happens at the other doors: tokens, callbacks, and what requesters say of a whole ticket.

A token is on record by its id and its rights, never by itself. The chain of tokens is the desk's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from router.facts import Fact


class Scope(StrEnum):
    """What a token may be used for."""

    READ = "tickets:read"
    WRITE = "tickets:write"


@dataclass(frozen=True, kw_only=True)
class TokenCreated(Fact):
    """Somebody may use the API from now on. Times in microseconds; 0 for no end."""

    kind: ClassVar[str] = "token:created"
    token: str
    scopes: tuple[Scope, ...]
    workspace: str
    expires_us: int
    has_callback: bool


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Fact):
    """A token is of no use any more."""

    kind: ClassVar[str] = "token:revoked"
    token: str


@dataclass(frozen=True, kw_only=True)
class CallbackDelivered(Fact):
    """The caller has taken a callback; `callback` is the entry that it told of."""

    kind: ClassVar[str] = "callback:delivered"
    callback: str
    event: str
    tries: int
    status: int


@dataclass(frozen=True, kw_only=True)
class CallbackDead(Fact):
    """A callback is not sent any more, after so many tries; `fault` is why.

    The caller did not take it for too long, wants no more (`status_410`), or their token was
    revoked (`token_revoked`).
    """

    kind: ClassVar[str] = "callback:dead"
    callback: str
    event: str
    tries: int
    fault: str


@dataclass(frozen=True, kw_only=True)
class SatisfactionGiven(Fact):
    """How satisfied a requester is with a whole ticket, 1 to 5.

    `decision` is the entry of the decision that led to the last answer, `specialist` who gave it,
    in `version` of its plugin. Texts: `comment`, if they gave one.
    """

    kind: ClassVar[str] = "satisfaction:given"
    score: int
    decision: str | None
    specialist: str | None
    version: str | None
