"""A plugin that somebody names: one that is installed, or a folder with its sources."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from bot.plugins.discovery import GROUP, UNKNOWN, Candidate, discover, normalized
from frontdesk import SettingsError


def named_plugin(path_or_name: str) -> Sequence[Candidate]:
    """The plugin at a path, or the one installed under a name (entry point or distribution).

    A folder's sources are made importable in this process, before anything that is installed.

    Raises:
        SettingsError: there is no such plugin; the text says what was looked at.
    """
    folder = Path(path_or_name)
    if (folder / "pyproject.toml").is_file():
        return plugin_in(folder)
    found = [one for one in discover()[0] if _is(one, path_or_name)]
    if found:
        return found
    installed = ", ".join(sorted(one.name for one in discover()[0])) or "none"
    raise SettingsError(
        f"{path_or_name!r} is no folder with a pyproject.toml, and no plugin of that name is "
        f"installed; installed are: {installed}"
    )


def _is(candidate: Candidate, name: str) -> bool:
    return name == candidate.name or normalized(name) == normalized(candidate.distribution)


def plugin_in(folder: Path) -> Sequence[Candidate]:
    """The plugins whose sources lie in a folder; they become importable in this process.

    Raises:
        SettingsError: there is no pyproject.toml, or it names no plugin.
    """
    folder = folder.resolve()
    file = folder / "pyproject.toml"
    try:
        project: dict[str, Any] = tomllib.loads(file.read_text("utf-8")).get("project", {})
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from error
    points = project.get("entry-points", {}).get(GROUP, {})
    if not points:
        raise SettingsError(f"{file} has no [project.entry-points.{GROUP}]: add one for the plugin")
    for place in (folder, folder / "src"):
        if place.is_dir() and str(place) not in sys.path:
            sys.path.insert(0, str(place))
    name, version = project.get("name", folder.name), project.get("version", UNKNOWN)
    return [Candidate(EntryPoint(one, at, GROUP), name, version) for one, at in points.items()]
