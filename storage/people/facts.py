"""Facts about who gets in: each is an entry in the desk's own chain.

People are named by their random references. `origin` is one too: it stands for the network address
that a request came from, which nobody can read out of the entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from router.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PersonGranted(Fact):
    """Somebody may play these parts at the console from now on, and no others."""

    kind: ClassVar[str] = "person:granted"
    person: str
    roles: tuple[str, ...]
    before: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PersonRevoked(Fact):
    """Somebody gets in no more; `sessions` of theirs were ended."""

    kind: ClassVar[str] = "person:revoked"
    person: str
    before: tuple[str, ...] = ()
    sessions: int = 0


@dataclass(frozen=True, kw_only=True)
class LinkMade(Fact):
    """A link was made that signs somebody in once, until `until_us`."""

    kind: ClassVar[str] = "auth:link-made"
    person: str
    until_us: int


@dataclass(frozen=True, kw_only=True)
class SignedIn(Fact):
    """The actor signed in; `way` is `link` or `slack`."""

    kind: ClassVar[str] = "auth:signed-in"
    way: str
    session: str
    origin: str = ""


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Fact):
    """A session of `person` was ended; by whom, says the actor."""

    kind: ClassVar[str] = "auth:session-ended"
    person: str
    session: str


@dataclass(frozen=True, kw_only=True)
class Denied(Fact):
    """Somebody wanted what they may not have; nothing was shown and nothing was done.

    `why` is a word such as `not_signed_in`, `role`, `csrf`, `link`, `unknown_person`, `too_often`;
    `route` the address as the desk knows it, without what was filled in; `needs` the roles that it
    takes. What happens often within a short time is one entry with its `count`.
    """

    kind: ClassVar[str] = "auth:denied"
    why: str
    route: str
    method: str
    needs: tuple[str, ...] = ()
    origin: str = ""
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class SearchSaved(Fact):
    """The actor kept a search, for themselves or for everybody (`shared`)."""

    kind: ClassVar[str] = "search:saved"
    search: str
    shared: bool


@dataclass(frozen=True, kw_only=True)
class SearchForgotten(Fact):
    """The actor removed a search that was kept."""

    kind: ClassVar[str] = "search:forgotten"
    search: str
