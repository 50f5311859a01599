from __future__ import annotations

from pathlib import Path

import pytest

from bot.plugins import Reason, load_plugins
from bot.plugins.discovery import discover


def installed(folder: Path, name: str, entry_points: str) -> None:
    """What pip leaves behind of a distribution."""
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entry_points)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_what_ships_with_the_desk_comes_first(site: Path) -> None:
    installed(site, "aaa-first", "[frontdesk]\naaa = nowhere\n")
    names = [(one.distribution, one.name) for one in discover()[0]]
    own = [name for name in names if name[0] == "frontdesk"]
    assert names[: len(own)] == own
    assert [name for _, name in own] == ["billing", "product", "technical"]
    assert ("aaa-first", "aaa") in names


def test_others_come_by_the_name_of_their_entry_point(site: Path) -> None:
    installed(site, "x-one", "[frontdesk]\nzebra = nowhere\n")
    installed(site, "x-two", "[frontdesk]\nant = nowhere\nbee = nowhere\n")
    names = [one.name for one in discover()[0] if one.distribution.startswith("x-")]
    assert names == ["ant", "bee", "zebra"]


def test_other_groups_are_none_of_ours(site: Path) -> None:
    installed(site, "other-group", "[frontdesk_other]\nx = nowhere\n[console_scripts]\ny = z:a\n")
    assert "other-group" not in {one.distribution for one in discover()[0]}


def test_broken_metadata_costs_only_its_own_distribution(site: Path) -> None:
    installed(site, "x-broken", "[frontdesk]\nthis is no entry point\n")
    installed(site, "x-whole", "[frontdesk]\nwhole = nowhere\n")
    candidates, (unreadable,) = discover()
    assert (unreadable.distribution, unreadable.reason) == ("x-broken", Reason.BAD_METADATA)
    assert "whole" in {one.name for one in candidates}


def test_entry_point_to_no_module_is_kept_out(site: Path) -> None:
    installed(site, "x-odd", "[frontdesk]\nodd = not/a/module\n")
    registry = load_plugins()
    assert [one.reason for one in registry.quarantined] == [Reason.IMPORT_FAILED]
    assert "billing" in registry.specialists
