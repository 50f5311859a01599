"""What happens to plugins: what operators do to them, and what shows at work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from router.facts import Fact
from router.records import PluginRef


@dataclass(frozen=True, kw_only=True)
class PluginGranted(Fact):
    """An operator granted what a specialist asks for, as far as its manifest goes now."""

    kind: ClassVar[str] = "plugin:granted"
    specialist: str
    distribution: str
    version: str
    manifest: str
    hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    thread: str = ""
    handoff: bool = False
    microusd: int = 0
    door: str = ""


@dataclass(frozen=True, kw_only=True)
class PluginRevoked(Fact):
    """An operator took back what a specialist had been granted."""

    kind: ClassVar[str] = "plugin:revoked"
    specialist: str


@dataclass(frozen=True, kw_only=True)
class PluginDisabled(Fact):
    """An operator switched a plugin or a specialist off, by any name that it has."""

    kind: ClassVar[str] = "plugin:disabled"
    name: str


@dataclass(frozen=True, kw_only=True)
class PluginEnabled(Fact):
    """An operator switched it on again."""

    kind: ClassVar[str] = "plugin:enabled"
    name: str


@dataclass(frozen=True, kw_only=True)
class PluginModeSet(Fact):
    """An operator said how far a specialist may go; an empty workspace or channel is any."""

    kind: ClassVar[str] = "plugin:mode-set"
    specialist: str
    mode: str
    workspace: str = ""
    channel: str = ""


@dataclass(frozen=True, kw_only=True)
class ObserverFailed(Fact):
    """An observer of the audit trail did not take what it was given; it gets it again."""

    kind: ClassVar[str] = "observer:failed"
    observer: str
    fault: str


@dataclass(frozen=True, kw_only=True)
class KnowledgeRenewed(Fact):
    """A source brought other articles than before; `digest` is that of the whole listing."""

    kind: ClassVar[str] = "knowledge:renewed"
    specialist: str
    source: str
    articles: int
    digest: str


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
