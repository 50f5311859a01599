"""Which mode each specialist is in: by setting, by what operators put on record, or because new."""

from __future__ import annotations

from collections.abc import Mapping

from bot.plugins.permitting import is_own
from bot.plugins.registry import Loaded
from bot.settings import Settings
from router.modes import Mode, ModeRule, Modes
from storage.plugins import Standing


def rules_of(settings: Settings, standing: Standing | None = None) -> tuple[ModeRule, ...]:
    """All rules, later ones first in force: on record, `FRONTDESK_DRAFT`, `FRONTDESK_MODES`."""
    recorded = standing.modes if standing is not None else ()
    drafting = tuple(ModeRule(name, Mode.DRAFT) for name in settings.draft)
    return (*recorded, *drafting, *map(ModeRule.parse, settings.modes))


def modes_of(settings: Settings, standing: Standing, loaded: Mapping[str, Loaded]) -> Modes:
    """The modes in force when the desk starts."""
    modes = Modes()
    renew(modes, settings, standing, loaded)
    return modes


def renew(
    modes: Modes, settings: Settings, standing: Standing, loaded: Mapping[str, Loaded]
) -> None:
    """Bring the modes of a desk at work up to date."""
    new = Mode(settings.new_specialists)
    modes.first = {name: new for name, one in loaded.items() if not is_own(one)}
    modes.rules = rules_of(settings, standing)
    modes.closed = frozenset(
        name
        for name, one in loaded.items()
        if {name, one.entry_point, one.plugin.distribution} & standing.disabled
    )
