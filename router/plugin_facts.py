"""What happens to plugins while the desk is at work. The actor is the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from router.facts import Fact
from router.records import PluginRef


@dataclass(frozen=True, kw_only=True)
class PluginFact(Fact):
    """Something that became of a plugin, in the ticket in which it showed."""

    plugin: PluginRef


@dataclass(frozen=True, kw_only=True)
class PluginRested(PluginFact):
    """Its specialist failed several times in a row and is not asked for a while."""

    kind: ClassVar[str] = "plugin:rested"


@dataclass(frozen=True, kw_only=True)
class PluginRestored(PluginFact):
    """Its specialist was tried after a rest and answered: it serves again."""

    kind: ClassVar[str] = "plugin:restored"


@dataclass(frozen=True, kw_only=True)
class PluginQuarantined(PluginFact):
    """Its specialist failed after every rest: this process does not ask it any more."""

    kind: ClassVar[str] = "plugin:quarantined"


@dataclass(frozen=True, kw_only=True)
class PluginBlocked(PluginFact):
    """Its specialist held up the event loop, and with it everybody, for `duration_us`."""

    kind: ClassVar[str] = "plugin:blocked"
    duration_us: int
