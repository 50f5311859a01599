"""What the log says about itself: that it lives, where it is kept besides, what its clock does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from router.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CheckpointAnchored(Fact):
    """A checkpoint is kept elsewhere. `place` is file, git, slack, tsa or witness.

    `external_us` is the time that the other side vouches for, microseconds since 1970.
    """

    kind: ClassVar[str] = "checkpoint:anchored"
    place: str
    name: str
    size: int
    root: str
    receipt_sha256: str
    external_us: int | None = None


@dataclass(frozen=True, kw_only=True)
class LogBeat(Fact):
    """Nothing happened for a while, and the log was there to see it."""

    kind: ClassVar[str] = "log:beat"
    idle_us: int


@dataclass(frozen=True, kw_only=True)
class ClockSkewed(Fact):
    """The clock was wrong by `skew_us` (positive: it is ahead), measured against `source`."""

    kind: ClassVar[str] = "clock:skewed"
    source: str
    skew_us: int


@dataclass(frozen=True, kw_only=True)
class LogFailing(Fact):
    """Entries could not be given their place in the log for a while; they can again."""

    kind: ClassVar[str] = "log:failing"
    since_us: int
    fault: str


@dataclass(frozen=True, kw_only=True)
class LogContinues(Fact):
    """The first entry of a log that goes on where another one had to be ended, and why.

    `origin` and `vkey` are the other one's, `size` and `root` the last that its signer has signed:
    what the log has not got of it is lost. `kept` is the size from which on this log goes on.
    """

    kind: ClassVar[str] = "log:continues"
    origin: str
    size: int
    root: str
    vkey: str
    kept: int
    why: str


@dataclass(frozen=True, kw_only=True)
class ConfigChanged(Fact):
    """A process began with other settings than the last one had, each by digest."""

    kind: ClassVar[str] = "config:changed"
    before: str
    after: str
