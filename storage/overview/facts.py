"""Facts about looking after the log from within the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from router.facts import Fact


@dataclass(frozen=True, kw_only=True)
class LogVerified(Fact):
    """The log was verified by the desk, or at somebody's wish (the actor).

    `whole` if every entry was read, else only those since the last time; `found` counts findings,
    `size` and `root` are those of the last checkpoint.
    """

    kind: ClassVar[str] = "audit:verified"
    whole: bool
    checked: int
    found: int
    size: int
    root: str
    took_us: int
