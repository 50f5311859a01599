"""A change that a specialist's tool proposed: what a person decided, and what became of it.

`proposal` is the entry that shows the exact arguments (`tool:proposed`); nothing else may run.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from router.facts import Fact


class Ran(StrEnum):
    """How a change ended. `unclear`: it was begun and nobody knows whether it happened."""

    DONE = "done"
    FAILED = "failed"
    UNCLEAR = "unclear"


@dataclass(frozen=True, kw_only=True)
class ChangeFact(Fact):
    """Something about one proposal."""

    proposal: str
    tool: str


@dataclass(frozen=True, kw_only=True)
class ChangeConfirmed(ChangeFact):
    """Somebody of the staff lets the tool run, once, with exactly the arguments proposed."""

    kind: ClassVar[str] = "tool:confirmed"


@dataclass(frozen=True, kw_only=True)
class ChangeDeclined(ChangeFact):
    """Somebody of the staff does not want it to run."""

    kind: ClassVar[str] = "tool:declined"


@dataclass(frozen=True, kw_only=True)
class ChangeBegun(ChangeFact):
    """The tool is about to run. It is on record before anything can have changed."""

    kind: ClassVar[str] = "tool:begun"


@dataclass(frozen=True, kw_only=True)
class ChangeEnded(ChangeFact):
    """What came of it. Texts: `result`; and `text`, the question that is asked again, if it is.

    The specialist `goes_on` with it then, and `message` is the new turn, else the one in which it
    was proposed.
    """

    kind: ClassVar[str] = "tool:ended"
    ran: Ran
    duration_us: int
    goes_on: bool = False
