"""Facts that storage itself adds: what arrived, what was opened, what was kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from frontdesk import Author
from router.facts import Fact

DESK = "desk"
"""The chain of what belongs to no ticket: starting, stopping, artifacts."""

AUDIT = "audit"
"""The chain of what the log says about itself."""


@dataclass(frozen=True, kw_only=True)
class TicketOpened(Fact):
    """A message began a new matter."""

    kind: ClassVar[str] = "ticket:opened"
    source: str
    workspace: str
    channel: str
    conversation: str


@dataclass(frozen=True, kw_only=True)
class MessageReceived(Fact):
    """Something arrived and is kept. `delivery` is unique within `source`. Texts: `text`."""

    kind: ClassVar[str] = "message:received"
    source: str
    delivery: str
    author: Author
    written_us: int


@dataclass(frozen=True, kw_only=True)
class ArtifactKept(Fact):
    """What a digest stands for was put away."""

    kind: ClassVar[str] = "artifact:kept"
    artifact: str
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class CheckpointListed(Fact):
    """The checkpoint before this batch, so that losing its row is seen."""

    kind: ClassVar[str] = "checkpoint:listed"
    seq: int
    size: int
    root: str
    note_sha256: str
