"""`frontdesk plugins …`, as somebody types it."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.programs import frontdesk

Run = Callable[..., CompletedProcess[str]]
BROKEN = """from frontdesk import Question, Specialist, hookimpl

class Canteen(Specialist):
    name = "canteen"
    handles = "what the canteen serves, when it opens, and how to pay there"
    examples = ("what is for lunch",)

    async def answer(self, ticket, context):
        self.last = ticket.text
        return Question("What would you like?")

@hookimpl
def register_specialists():
    return [Canteen()]
"""
PROJECT = """[project]
name = "canteen"
version = "1.2"
[project.entry-points.frontdesk]
canteen = "{module}"
"""


@pytest.fixture
def run(tmp_path: Path, cache: Path) -> Run:
    def run(*arguments: str) -> CompletedProcess[str]:
        return frontdesk("plugins", *arguments, folder=tmp_path, cache=cache)

    return run


def plugin(folder: Path, code: str = BROKEN, module: str = "canteen_plugin") -> str:
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT.format(module=module))
    (folder / "canteen_plugin.py").write_text(code)
    return str(folder)


def test_check_passes_an_installed_plugin(run: Run) -> None:
    done = run("check", "billing", "--json")
    card = json.loads(done.stdout)
    assert card["passed"] is True
    assert all(one["passed"] for one in card["specialists"]["billing"])
    assert done.returncode == 0


def test_check_of_a_folder_says_what_is_wrong(run: Run, tmp_path: Path) -> None:
    done = run("check", plugin(tmp_path / "canteen"))
    assert done.returncode == 1
    assert "canteen 1.2" in done.stdout
    assert "few_examples" in done.stdout
    assert "keeps_state self.last" in done.stdout


def test_check_says_why_a_plugin_does_not_load(run: Run, tmp_path: Path) -> None:
    done = run("check", plugin(tmp_path / "canteen", "import nothing_of_that_name"))
    assert done.returncode == 1
    assert "import_failed" in done.stdout
    assert "install nothing_of_that_name" in done.stdout


@pytest.mark.parametrize(
    ("named", "told"),
    [("no-such-plugin", "installed are: billing"), ("empty", "[project.entry-points.frontdesk]")],
)
def test_check_of_nothing_says_what_there_is(
    run: Run, tmp_path: Path, named: str, told: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "pyproject.toml").write_text("[project]\nname = 'empty'\n")
    done = run("check", named)
    assert done.returncode == 3
    assert told in done.stderr


def test_lint_of_what_ships_finds_no_concern(run: Run) -> None:
    done = run("lint", "--json")
    lint = json.loads(done.stdout)
    assert lint["concerns"] == []
    assert {fit["name"] for fit in lint["fit"]["specialists"]} == {
        "billing",
        "product",
        "technical",
    }
    assert done.returncode == 0
    assert "Find their way" in run("lint").stdout


def test_help_lists_what_an_author_needs(run: Run) -> None:
    said = run("--help").stdout
    assert all(f" {name} " in said for name in ("list", "new", "check", "lint"))
