"""The guide for authors is true: its files are written, installed and tested as it says."""

import re
from pathlib import Path

import pytest

from bot.plugins import Reason
from tests.plugins.environment import ROOT, Environment

GUIDE = (ROOT / "plugins" / "README.md").read_text("utf-8")
FILES = dict(re.findall(r"^`([^`\n]+)`\n\n```\w+\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))
COMMANDS = re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def package(environment: Environment) -> Path:
    """The guide's package, written and installed as the guide says."""
    folder = environment.sources / "acme-hardware"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    environment.pip_install("-e", folder)
    return folder


def test_guide_shows_a_whole_package() -> None:
    assert list(FILES) == [
        "pyproject.toml",
        "acme_hardware/__init__.py",
        "acme_hardware/knowledge/broken-screen.md",
        "tests/test_hardware.py",
    ]


def test_installed_plugin_of_the_guide_is_loaded(environment: Environment, package: Path) -> None:
    loaded = {one["name"]: one for one in environment.registry()["specialists"]}
    assert loaded["hardware"]["distribution"] == "acme-hardware"
    assert loaded["hardware"]["knowledge"] == str(package / "acme_hardware" / "knowledge")


def test_tests_of_the_guide_pass(environment: Environment, package: Path) -> None:
    (command,) = [line for line in COMMANDS[0].splitlines() if "pytest" in line]
    python = environment.program("python")
    done = environment.run(python, *command.split()[1:], cwd=package)
    assert "2 passed" in done.stdout


def test_listing_of_the_guide_shows_the_plugin(environment: Environment, package: Path) -> None:
    (command,) = [line for line in COMMANDS[0].splitlines() if line.startswith("frontdesk")]
    listed = environment.run(environment.program("frontdesk"), *command.split()[1:], cwd=package)
    assert re.search(r"hardware .* acme-hardware 1\.0\.0", listed.stdout)


@pytest.mark.usefixtures("package")
def test_question_of_the_guide_is_answered_by_its_plugin_with_its_source(
    environment: Environment, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (question,) = re.findall(r"start `frontdesk chat` and type \*([^*]+)\*", GUIDE)
    monkeypatch.setenv("FRONTDESK_CACHE", str(cache))
    program = environment.program("frontdesk")

    talk = environment.run(program, "chat", cwd=tmp_path, given=f"{question}\n/why\n")

    assert "Hardware · checked and sent" in talk.stdout
    assert "https://help.acme.example/hardware/broken-screen" in talk.stdout
    assert re.search(r"hardware +█+.* chosen", talk.stdout)


def test_guide_names_every_reason() -> None:
    named = re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE)
    assert named == [reason.value for reason in Reason]
