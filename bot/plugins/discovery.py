"""Finding plugins: every entry point of the group "frontdesk", in an order that stays the same.

Distributions are asked one at a time, because one with broken metadata would otherwise take the
whole question down with it. What ships with the desk comes first, so that nobody else's plugin can
take the name of billing; after that the order is by entry-point name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions

from bot.plugins.registry import Quarantined, Reason

GROUP = "frontdesk"
OWN_DISTRIBUTION = "frontdesk"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plugin that is installed and not yet imported."""

    entry_point: EntryPoint
    distribution: str
    version: str

    @property
    def name(self) -> str:
        """What its author named the entry point."""
        return self.entry_point.name

    def quarantined(
        self, reason: Reason, message: str, advice: str, specialist: str = ""
    ) -> Quarantined:
        """This plugin, or one specialist of it, as kept out."""
        return Quarantined(
            self.name, self.distribution, self.version, reason, message, advice, specialist
        )


def normalized(name: str) -> str:
    """A distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def discover() -> tuple[list[Candidate], list[Quarantined]]:
    """Every installed plugin in loading order, and the distributions that could not be read."""
    candidates: list[Candidate] = []
    unreadable: list[Quarantined] = []
    for name, distribution in _with_plugins():
        version = distribution.version or UNKNOWN
        try:
            points = distribution.entry_points.select(group=GROUP)
        except Exception as error:  # anybody's file: anything may be in it
            unreadable.append(_unreadable(name, version, error))
        else:
            candidates += [Candidate(point, name, version) for point in points]
    return sorted(candidates, key=_loading_order), unreadable


def _loading_order(candidate: Candidate) -> tuple[bool, str, str]:
    is_foreign = normalized(candidate.distribution) != OWN_DISTRIBUTION
    return is_foreign, candidate.name, normalized(candidate.distribution)


def _with_plugins() -> Iterator[tuple[str, Distribution]]:
    seen = set()
    for distribution in distributions():
        if f"[{GROUP}]" not in (distribution.read_text("entry_points.txt") or ""):
            continue  # reading the name of every distribution is what makes start-up slow
        name = distribution.metadata["Name"] or UNKNOWN
        if normalized(name) not in seen:
            seen.add(normalized(name))
            yield name, distribution


def _unreadable(name: str, version: str, error: Exception) -> Quarantined:
    message = f"the entry points of {name} cannot be read: {type(error).__name__}: {error}"
    advice = f"reinstall {name}; if that does not help, its author should correct entry_points.txt"
    return Quarantined(name, name, version, Reason.BAD_METADATA, message, advice)
