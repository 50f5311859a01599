"""A setting that may differ by workspace: `C1` for all, or `T1=C1,T2=C2`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from frontdesk import SettingsError


@dataclass(frozen=True, slots=True)
class PerTeam:
    """Values by workspace; `everywhere` is for the others, empty if they have none."""

    everywhere: str = ""
    by_team: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, setting: str) -> PerTeam:
        """Read a setting.

        Raises:
            SettingsError: it has more than one value for all.
        """
        parts = [part.strip() for part in setting.split(",") if part.strip()]
        by_team = dict(part.split("=", 1) for part in parts if "=" in part)
        plain = [part for part in parts if "=" not in part]
        if len(plain) > 1:
            raise SettingsError(
                f"{setting!r} names several values for all workspaces: write TEAM=VALUE for each"
            )
        return cls(plain[0] if plain else "", by_team)

    def of(self, team: str) -> str:
        """The value for one workspace, empty if there is none."""
        return self.by_team.get(team, self.everywhere)
