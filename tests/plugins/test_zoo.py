"""Real bad plugins, installed with real pip: each costs only itself."""

from pathlib import Path
from typing import Any

import pytest

from tests.plugins.environment import Environment

TESTS = Path(__file__).parents[1]
ZOO = TESTS / "zoo"
BUILT_IN = {"billing", "product", "technical"}
KEPT_OUT = {
    "import_error": ("import_failed", "a_module_that_nobody_has"),
    "wrong_api": ("wrong_api_version", "99"),
    "duplicate_name": ("duplicate_name", "frontdesk"),
    "misspelt_hook": ("unknown_hook", "register_specialist"),
    "unmarked_hook": ("no_hook", "@hookimpl"),
    "raising_hook": ("hook_failed", "the zoo's catalogue is closed"),
    "slow_hook": ("timed_out", "registering"),
    "hanging_import": ("timed_out", "imported"),
    "junk": ("bad_specialist", "no name"),
    "exits": ("import_failed", "SystemExit"),
}


@pytest.fixture(scope="module")
def zoo(environment: Environment) -> Environment:
    packages = [TESTS / "outside_plugin", *(path.parent for path in ZOO.glob("*/pyproject.toml"))]
    environment.pip_install(*map(environment.copy_of, packages))
    return environment


@pytest.fixture(scope="module")
def registry(zoo: Environment) -> dict[str, Any]:
    return zoo.registry(seconds=3)


def specialists(registry: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in registry["specialists"]}


def test_good_plugins_serve_beside_every_bad_one(registry: dict[str, Any]) -> None:
    assert set(specialists(registry)) == BUILT_IN | {"parcels", "prints"}


def test_bad_plugins_are_kept_out_and_no_others(registry: dict[str, Any]) -> None:
    assert {one["plugin"] for one in registry["quarantined"]} == set(KEPT_OUT)


@pytest.mark.parametrize("plugin", KEPT_OUT)
def test_bad_plugin_is_kept_out_with_its_reason(registry: dict[str, Any], plugin: str) -> None:
    reason, named = KEPT_OUT[plugin]
    one = next(one for one in registry["quarantined"] if one["plugin"] == plugin)
    assert one["reason"] == reason
    assert named in one["message"]
    assert one["advice"]
    assert one["distribution"] == f"zoo-{plugin.replace('_', '-')}"


def test_desk_under_test_is_the_installed_one(zoo: Environment, registry: dict[str, Any]) -> None:
    for name in BUILT_IN:
        knowledge = Path(specialists(registry)[name]["knowledge"])
        assert knowledge.is_relative_to(zoo.folder)
        assert len(list(knowledge.glob("*.md"))) >= 15


def test_nobody_takes_a_built_in_specialists_place(registry: dict[str, Any]) -> None:
    assert specialists(registry)["billing"]["distribution"] == "frontdesk"


def test_strangers_plugin_is_named_with_version_and_digest(registry: dict[str, Any]) -> None:
    parcels = specialists(registry)["parcels"]
    assert (parcels["distribution"], parcels["version"]) == ("outside-parcels", "2.3.1")
    assert len(parcels["digest"]) == 64
    assert Path(parcels["knowledge"], "where-is-my-parcel.md").is_file()


def test_switching_billing_off_lets_another_billing_in(zoo: Environment) -> None:
    off = ("billing", "hanging-import", "zoo-hanging-import", "slow_hook")
    registry = zoo.registry(*off, seconds=3)
    assert specialists(registry)["billing"]["distribution"] == "zoo-duplicate-name"
    disabled = {one["plugin"] for one in registry["quarantined"] if one["reason"] == "disabled"}
    assert disabled == {"billing", "hanging_import", "slow_hook"}
    assert registry["unmatched"] == ["hanging-import"]


def test_exit_code_tells_that_something_is_wrong(zoo: Environment) -> None:
    python = zoo.program("python")
    done = zoo.run(python, "-m", "bot.plugins", "slow_hook", "hanging_import", check=False)
    assert done.returncode == 1
