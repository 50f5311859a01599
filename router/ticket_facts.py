"""What becomes of a ticket besides its turns: who has it, how urgent it is, how it ends.

People appear by their reference in the record, which is random and means nothing outside of it.
Tags, groups and reasons are fixed words, never free text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from router.facts import Fact
from router.human_facts import Role
from router.ticket_life import ReopenReason

_WORD = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?")


class Priority(StrEnum):
    """How soon a ticket has to be seen to, least first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """Its place, least first."""
        return list(Priority).index(self)


class Link(StrEnum):
    """What one ticket has to do with another."""

    DUPLICATE_OF = "duplicate_of"
    RELATED = "related"
    INCIDENT = "incident"


class Target(StrEnum):
    """What a clock measures."""

    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"


def word(text: str) -> str:
    """A tag or the name of a group: lower-case letters, digits, hyphens; 40 at most.

    Raises:
        ValueError: it is none.
    """
    found = text.strip().lower().replace(" ", "-")
    if not _WORD.fullmatch(found):
        raise ValueError(f"{text!r} is no tag or group: use up to 40 letters, digits and hyphens")
    return found


@dataclass(frozen=True, kw_only=True)
class TicketReopened(Fact):
    """The matter is not done after all."""

    kind: ClassVar[str] = "ticket:reopened"
    reason: ReopenReason
    role: Role = Role.STAFF


@dataclass(frozen=True, kw_only=True)
class TicketClosed(Fact):
    """It was resolved, and nobody has said otherwise since; a later message opens another."""

    kind: ClassVar[str] = "ticket:closed"
    days: int


@dataclass(frozen=True, kw_only=True)
class TicketAssigned(Fact):
    """Somebody of the staff, a group, or nobody is to see to it."""

    kind: ClassVar[str] = "ticket:assigned"
    person: str | None = None
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class TicketPrioritised(Fact):
    """How soon it has to be seen to, and how urgent it is to them where that was said too.

    The time that was used is kept.
    """

    kind: ClassVar[str] = "ticket:prioritised"
    priority: Priority
    urgency: Priority | None = None


@dataclass(frozen=True, kw_only=True)
class TicketTagged(Fact):
    """Tags were added or taken away."""

    kind: ClassVar[str] = "ticket:tagged"
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TicketLinked(Fact):
    """It has to do with another ticket, or, where `removed`, has not."""

    kind: ClassVar[str] = "ticket:linked"
    other: str
    link: Link
    removed: bool = False


@dataclass(frozen=True, kw_only=True)
class SlaBreached(Fact):
    """A deadline passed. `due_us` is when, `used_us` the business time used when it was seen.

    `status` is where the ticket stood; `with_staff` tells a person's delay from the desk's own.
    """

    kind: ClassVar[str] = "sla:breached"
    target: Target
    round: int
    priority: Priority
    due_us: int
    used_us: int
    status: str
    with_staff: bool
