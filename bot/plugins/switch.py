"""Which plugins an operator has switched off, by whatever name they know them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot.plugins.discovery import Candidate, normalized


class Switch:
    """The names in FRONTDESK_DISABLED_PLUGINS, sorted out against what is installed.

    A name means an entry point or a distribution if there is one of that name, which keeps the
    plugin from being imported. Only otherwise it means a single specialist. So whoever switches the
    plugin `billing` off may have another plugin's specialist of that name instead.
    """

    def __init__(self, disabled: Collection[str], candidates: Iterable[Candidate]) -> None:
        names = {name.strip() for name in disabled} - {""}
        self._plugins: set[str] = set()
        for candidate in candidates:
            self._plugins |= {name for name in names if _means(name, candidate)}
        self._specialists = names - self._plugins
        self._used: set[str] = set()

    def is_plugin_off(self, candidate: Candidate) -> bool:
        """Whether this plugin is not to be imported."""
        return any(_means(name, candidate) for name in self._plugins)

    def is_specialist_off(self, name: str) -> bool:
        """Whether the specialist of this name is to be left out."""
        is_off = name in self._specialists
        if is_off:
            self._used.add(name)
        return is_off

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Names that nothing asked about so far is called."""
        return tuple(sorted(self._specialists - self._used))


def _means(name: str, candidate: Candidate) -> bool:
    return name == candidate.name or normalized(name) == normalized(candidate.distribution)
