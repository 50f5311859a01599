"""Facts about how something came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from router.facts import Fact


@dataclass(frozen=True, kw_only=True)
class MessageLate(Fact):
    """A message was found by looking, not because Slack delivered it. `late_us` is by how much."""

    kind: ClassVar[str] = "message:late"
    source: str
    delivery: str
    late_us: int
