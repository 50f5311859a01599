"""docs/operations.md names only what there is: metrics, settings, commands, tests."""

import re
from pathlib import Path

from bot.cli import COMMANDS
from bot.seeing.meters import Meters
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "operations.md").read_text()
WATCHED = TEXT.partition("| metric (")[2].partition("\n\n")[0]


def test_metrics_exist() -> None:
    known = {metric.name for metric in Meters().registry.collect()}
    named = re.findall(r"^\| (.*?) \|", WATCHED, flags=re.MULTILINE)[2:]
    names = [
        name for cell in named for name in re.findall(r"`(\w+?)(?:_total)?(?:\{.*?\})?`", cell)
    ]

    assert len(names) > 10
    assert [name for name in names if f"frontdesk_{name}" not in known] == []


def test_settings_exist() -> None:
    known = {f"FRONTDESK_{name}".upper() for name in Settings.model_fields}
    named = set(re.findall(r"FRONTDESK_[A-Z_]+", TEXT))

    assert len(named) > 8
    assert named - known == set()


def test_commands_exist() -> None:
    known = {name for name, _, _ in COMMANDS}
    named = set(re.findall(r"`frontdesk (\w+)", TEXT))

    assert {"web", "worker", "clock", "run", "doctor"} <= named
    assert named - known == set()


def test_tests_and_pages_that_it_names_exist() -> None:
    for name in re.findall(r"`(tests/[\w/.]+)`", TEXT):
        assert (ROOT / name).exists(), name
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)\)", TEXT):
        assert (ROOT / "docs" / target).exists(), target
