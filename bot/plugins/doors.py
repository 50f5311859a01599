"""Doors that plugins offer besides specialists: looked at once, and refused where they are bad."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.plugins.registry import Reason, Rejected
from frontdesk import Permissions
from frontdesk.checks import NAME
from frontdesk.permissions import wrong_host
from router.answer.permit import Manifest
from router.records import PluginRef


class DoorKind(StrEnum):
    """What a door is."""

    CHECK = "check"
    OBSERVER = "observer"
    ROUTE = "route"
    COMMAND = "command"
    SOURCE = "source"


HOOKS: Mapping[str, DoorKind] = {
    "register_checks": DoorKind.CHECK,
    "register_observers": DoorKind.OBSERVER,
    "register_routes": DoorKind.ROUTE,
    "register_commands": DoorKind.COMMAND,
    "register_knowledge": DoorKind.SOURCE,
}
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Door:
    """A door and the plugin it came with; `offered` is the plugin's own object."""

    kind: DoorKind
    name: str
    offered: Any
    plugin: PluginRef
    entry_point: str

    @property
    def manifest(self) -> Manifest:
        """What has to be granted for it to work."""
        asked = getattr(self.offered, "permissions", Permissions())
        return Manifest(
            specialist=self.name,
            hosts=tuple(sorted(set(asked.hosts))),
            secrets=tuple(sorted(set(asked.secrets))),
            door=_asks(self.kind, self.offered),
        )


def made(kind: DoorKind, offered: object, plugin: PluginRef, entry_point: str) -> Door:
    """One door.

    Raises:
        Rejected: it does not meet the contract; the message names every unmet condition.
    """
    wrong = list(_unmet(kind, offered))
    if wrong:
        who = str(getattr(offered, "name", "") or type(offered).__name__)
        advice = "its author finds what it must be in docs/plugins/how-to.md"
        raise Rejected(Reason.BAD_DOOR, f"{kind} {who}: {'; '.join(wrong)}", advice)
    return Door(kind, str(getattr(offered, "name", "")), offered, plugin, entry_point)


def _unmet(kind: DoorKind, offered: object) -> Iterator[str]:
    name = getattr(offered, "name", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"{name!r} is no name: use small letters, digits, _ and -"
    asked = getattr(offered, "permissions", Permissions())
    if not isinstance(asked, Permissions):
        yield "`permissions` must be a Permissions"
    else:
        yield from (why for why in map(wrong_host, asked.hosts) if why)
    yield from _OWN[kind](offered)


def _check(offered: Any) -> Iterator[str]:
    yield from _callable(offered, "check")
    if not isinstance(getattr(offered, "version", 1), int):
        yield "`version` must be a whole number"


def _observer(offered: Any) -> Iterator[str]:
    yield from _awaitable(offered, "observe")
    kinds = getattr(offered, "kinds", ())
    if isinstance(kinds, str) or not isinstance(kinds, Sequence):
        yield "`kinds` must be a list of kinds of entries"


def _route(offered: Any) -> Iterator[str]:
    yield from _awaitable(offered, "handler")
    if not set(getattr(offered, "methods", ())) <= METHODS:
        yield f"`methods` may be {', '.join(sorted(METHODS))}"


def _command(offered: Any) -> Iterator[str]:
    yield from _callable(offered, "run")


def _source(offered: Any) -> Iterator[str]:
    yield from _awaitable(offered, "fetch")
    if not isinstance(getattr(offered, "specialist", None), str):
        yield "`specialist` must name whose articles they are"
    seconds = getattr(offered, "seconds", 3600.0)
    if not isinstance(seconds, int | float) or seconds < 1:
        yield "`seconds` must be 1 or more"


def _callable(offered: Any, name: str) -> Iterator[str]:
    if not callable(getattr(offered, name, None)):
        yield f"it has no {name}()"


def _awaitable(offered: Any, name: str) -> Iterator[str]:
    if not inspect.iscoroutinefunction(getattr(offered, name, None)):
        yield f"{name} must be an `async` function"


_OWN: Mapping[DoorKind, Callable[[Any], Iterator[str]]] = {
    DoorKind.CHECK: _check,
    DoorKind.OBSERVER: _observer,
    DoorKind.ROUTE: _route,
    DoorKind.COMMAND: _command,
    DoorKind.SOURCE: _source,
}


def _asks(kind: DoorKind, offered: Any) -> str:
    """What the operator is asked to grant, in words; empty where nothing is."""
    if kind is DoorKind.OBSERVER:
        kinds = ", ".join(sorted(getattr(offered, "kinds", ()))) or "all kinds"
        return f"to read the audit trail: entries of {kinds}"
    if kind is DoorKind.ROUTE:
        return f"to answer {', '.join(sorted(offered.methods))} at /plugins/{offered.name}"
    if kind is DoorKind.SOURCE:
        return f"to bring articles to the specialist {offered.specialist}"
    return ""
