"""What people do to a ticket, and the drafts that wait for them.

`actor` of these facts is `human:` and the person's reference in the record, which is random and
means nothing outside of it; `role` says in which part they acted. As with all facts, texts are what
people wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from router.facts import Fact
from router.ticket_life import ResolutionReason


class Role(StrEnum):
    """In which part somebody acts on a ticket."""

    STAFF = "staff"
    REQUESTER = "requester"
    OTHER = "other"


class Vote(StrEnum):
    """What somebody thinks of an answer."""

    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"


def human(person: str) -> str:
    """The actor of a fact that the person with this reference is behind."""
    return f"human:{person}"


def actor_name(actor: str) -> str:
    """Who an actor is among its kind: a person's reference, or the name of a specialist."""
    return actor.partition(":")[2]


@dataclass(frozen=True, kw_only=True)
class DraftHeld(Fact):
    """A reply was approved by the checks and waits for staff. Texts: `draft`, `outcome` as JSON."""

    kind: ClassVar[str] = "draft:held"
    specialists: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DraftApproved(Fact):
    """Staff let a draft out. Texts, where it was `edited`: `draft`, what goes out instead."""

    kind: ClassVar[str] = "draft:approved"
    edited: bool = False


@dataclass(frozen=True, kw_only=True)
class HumanTookOver(Fact):
    """Somebody of the staff owns the thread; the desk says nothing there until it is back."""

    kind: ClassVar[str] = "ticket:taken-over"


@dataclass(frozen=True, kw_only=True)
class HumanReplied(Fact):
    """Somebody of the staff answers through the desk, or `asks`. Texts: `reply`."""

    kind: ClassVar[str] = "human:replied"
    asks: bool = False


@dataclass(frozen=True, kw_only=True)
class HandedBack(Fact):
    """The desk follows the thread again."""

    kind: ClassVar[str] = "ticket:handed-back"


@dataclass(frozen=True, kw_only=True)
class TicketResolved(Fact):
    """The matter is done, unless somebody says otherwise before it is closed."""

    kind: ClassVar[str] = "ticket:resolved"
    role: Role = Role.STAFF
    reason: ResolutionReason = ResolutionReason.ANSWERED


@dataclass(frozen=True, kw_only=True)
class TicketRerouted(Fact):
    """A person chose who answers. `message` is the new turn, `source` who had it before.

    Texts: `text`, the question that is asked again.
    """

    kind: ClassVar[str] = "ticket:rerouted"
    again: str
    source: str | None
    target: str
    role: Role


@dataclass(frozen=True, kw_only=True)
class TicketPlaced(Fact):
    """A ticket that was opened outside of any thread got one."""

    kind: ClassVar[str] = "ticket:placed"
    channel: str
    conversation: str


@dataclass(frozen=True, kw_only=True)
class FeedbackGiven(Fact):
    """What somebody thinks of an answer. Texts: `reason`, if they gave one."""

    kind: ClassVar[str] = "feedback:given"
    vote: Vote
    role: Role
    specialists: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ActRefused(Fact):
    """Somebody tried what they may not do, or what is not possible any more."""

    kind: ClassVar[str] = "act:refused"
    act: str
    why: str


@dataclass(frozen=True, kw_only=True)
class ErasureRequested(Fact):
    """Somebody wants all that they wrote to be forgotten. Texts: `note`, for staff."""

    kind: ClassVar[str] = "erasure:requested"
