"""What came of loading: the specialists that serve, and what was kept out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from frontdesk import PluginError, Specialist
from router.records import PluginRef
from router.titles import title_of

if TYPE_CHECKING:
    from bot.plugins.doors import Door


class Reason(StrEnum):
    """Why a plugin, or one specialist of it, is not in service. The list is fixed."""

    BAD_METADATA = "bad_metadata"
    DUPLICATE_ENTRY_POINT = "duplicate_entry_point"
    IMPORT_FAILED = "import_failed"
    WRONG_API_VERSION = "wrong_api_version"
    NO_HOOK = "no_hook"
    UNKNOWN_HOOK = "unknown_hook"
    HOOK_FAILED = "hook_failed"
    BAD_SPECIALIST = "bad_specialist"
    BAD_DOOR = "bad_door"
    DUPLICATE_NAME = "duplicate_name"
    TIMED_OUT = "timed_out"
    DISABLED = "disabled"


class Rejected(PluginError):  # noqa: N818 - it names a state
    """A plugin is kept out: the reason, what happened as a sentence, and what to do about it."""

    def __init__(self, reason: Reason, message: str, advice: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Loaded:
    """A specialist in service, the plugin it came with, and that plugin's entry point."""

    specialist: Specialist
    plugin: PluginRef
    entry_point: str

    @property
    def name(self) -> str:
        """The specialist's name."""
        return self.plugin.specialist


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A plugin that is not in service.

    `message` says what happened, `advice` what to do. `specialist` is set where only that
    specialist of the plugin is kept out, which happens when it is disabled by its own name.
    """

    entry_point: str
    distribution: str
    version: str
    reason: Reason
    message: str
    advice: str
    specialist: str = ""

    @property
    def is_fault(self) -> bool:
        """Whether something is wrong, rather than switched off on purpose."""
        return self.reason is not Reason.DISABLED


@dataclass(frozen=True, slots=True)
class Registry:
    """All plugins that were found.

    `specialists` is by name, in the order of loading, as are `doors`. `unmatched` are names in the
    list of disabled plugins that nothing installed is called, so most likely misspelt.
    """

    specialists: Mapping[str, Loaded]
    quarantined: tuple[Quarantined, ...] = ()
    unmatched: tuple[str, ...] = ()
    doors: Mapping[str, Door] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[Quarantined, ...]:
        """Plugins that are kept out although nobody asked for it."""
        return tuple(one for one in self.quarantined if one.is_fault)

    def as_json(self) -> dict[str, Any]:
        """Everything as plain data: `specialists`, `doors`, `quarantined` and `unmatched`."""
        return {
            "specialists": [_specialist(one) for one in self.specialists.values()],
            "doors": [_door(one) for one in self.doors.values()],
            "quarantined": [_quarantined(one) for one in self.quarantined],
            "unmatched": list(self.unmatched),
        }


def _specialist(loaded: Loaded) -> dict[str, Any]:
    specialist = loaded.specialist
    return {
        "name": loaded.name,
        "title": title_of(specialist.name, specialist.title),
        "plugin": loaded.entry_point,
        "distribution": loaded.plugin.distribution,
        "version": loaded.plugin.version,
        "digest": loaded.plugin.digest,
        "examples": len(specialist.examples),
        "tools": len(specialist.tools),
        "policies": len(specialist.policies),
        "knowledge": str(specialist.knowledge) if specialist.knowledge else None,
    }


def _door(door: Door) -> dict[str, Any]:
    return {
        "name": door.name,
        "kind": door.kind.value,
        "plugin": door.entry_point,
        "distribution": door.plugin.distribution,
        "version": door.plugin.version,
        "digest": door.plugin.digest,
    }


def _quarantined(one: Quarantined) -> dict[str, Any]:
    return {
        "plugin": one.entry_point,
        "specialist": one.specialist or None,
        "distribution": one.distribution,
        "version": one.version,
        "reason": one.reason.value,
        "message": one.message,
        "advice": one.advice,
    }
