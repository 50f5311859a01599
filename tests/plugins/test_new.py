"""From `plugins new` to an answer, with the documented commands alone, in a clean environment."""

import json
import re
import time
from pathlib import Path

import pytest

from bot.plugins.scaffold import QUESTION, scaffold
from frontdesk import SettingsError
from tests.plugins.environment import Environment

TWO_MINUTES = 120


@pytest.fixture(scope="module")
def offline(environment: Environment) -> Environment:
    """The environment, where pip as it stands in the README needs no network."""
    lines = ("[global]", "no-index = true", "disable-pip-version-check = true", "[install]")
    (environment.folder / "pip.conf").write_text(
        "\n".join((*lines, "no-build-isolation = false", "no-deps = true")) + "\n"
    )
    return environment


def shell(environment: Environment, line: str, cwd: Path, given: str = "") -> str:
    """Run a line of the README as it stands, with the environment's programs."""
    settings = f"FRONTDESK_DATABASE_URL=sqlite:///{cwd}/desk.db FRONTDESK_KEYS={cwd}/keys"
    programs = f'PATH="{environment.folder}/bin:$PATH"'
    command = f"export {programs} {settings} FRONTDESK_CACHE={cwd}/cache COLUMNS=200; {line}"
    return environment.run("sh", "-c", command, cwd=cwd, given=given).stdout


@pytest.fixture(scope="module")
def package(offline: Environment) -> Path:
    home = offline.folder / "work"
    home.mkdir()
    shell(offline, "frontdesk plugins new parking", home)
    return home / "parking-specialist"


def blocks(package: Path) -> list[list[str]]:
    readme = (package / "README.md").read_text("utf-8")
    found = re.findall(r"^```sh\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    return [block.splitlines() for block in found]


def test_a_new_plugin_answers_within_two_minutes(offline: Environment, package: Path) -> None:
    started = time.monotonic()
    install, check, chat = blocks(package)[0]
    assert chat == "frontdesk chat"
    assert QUESTION in (package / "README.md").read_text("utf-8")
    shell(offline, install, package)
    assert "All well" in shell(offline, check, package)
    said = shell(offline, chat, package, given=f"{QUESTION}\n/quit\n")
    assert "office calendar" in said
    assert "https://intranet.example.com/rooms/booking" in said
    assert time.monotonic() - started < TWO_MINUTES


def test_a_new_plugin_is_chosen_by_triage(offline: Environment, package: Path) -> None:
    row = json.dumps({"id": "1", "text": QUESTION})
    (package / "tickets.jsonl").write_text(f"{row}\n")
    shell(offline, blocks(package)[0][0], package)
    ticket = json.loads(shell(offline, "frontdesk triage tickets.jsonl --json", package))
    assert (ticket["specialist"], ticket["outcome"]) == ("parking", "replied")
    assert ticket["citations"][0]["source"] == "https://intranet.example.com/rooms/booking"


def test_what_an_author_runs_before_publishing_passes(offline: Environment, package: Path) -> None:
    install, tests, types, lint, check = blocks(package)[1]
    shell(offline, install, package)
    assert "4 passed" in shell(offline, tests, package)
    assert "no issues found" in shell(offline, f"python -m {types}", package)
    assert "All checks passed" in shell(offline, f"python -m {lint}", package)
    assert "All well" in shell(offline, check, package)


def test_ci_runs_what_the_readme_says(package: Path) -> None:
    workflow = (package / ".github/workflows/check.yaml").read_text("utf-8")
    steps = re.findall(r"- run: (.+)", workflow)
    assert sorted(steps) == sorted(blocks(package)[1])
    assert "${{ matrix.python }}" in workflow


@pytest.mark.parametrize("name", ["go", "a_b", "night-desk", "a_", "specialist", "class"])
def test_any_name_gives_a_package_that_compiles(tmp_path: Path, name: str) -> None:
    files = scaffold(name, tmp_path / "new")
    for file in files:
        if file.suffix == ".py":
            compile(file.read_text("utf-8"), file.name, "exec")
        assert not re.search(r"\$(?!\{\{)", file.read_text("utf-8")), file


@pytest.mark.parametrize("name", ["Parking", "p", "1st", "../evil", "a b", ""])
def test_name_that_no_specialist_may_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="cannot be a specialist's name"):
        scaffold(name, tmp_path / "new")
    assert not list(tmp_path.iterdir())


def test_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SettingsError, match="not empty"):
        scaffold("parking", tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="installed already"):
        scaffold("billing", tmp_path / "new", taken={"billing"})
