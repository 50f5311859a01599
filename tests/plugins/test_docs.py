"""The pages for authors are true: the reference is the code's, and every example runs."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from bot.cli.plugins import COMMANDS
from frontdesk import Specialist
from frontdesk.checks import unmet
from tests.plugins.environment import ROOT
from tests.plugins.reference import PAGE, reference

DOCS = ROOT / "docs" / "plugins"
HOW_TO = (DOCS / "how-to.md").read_text("utf-8")
BLOCKS = [
    (section.partition("\n")[0], code)
    for section in HOW_TO.split("\n## ")[1:]
    for code in re.findall(r"^```python\n(.*?)^```$", section, re.M | re.S)
]


def test_reference_is_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == reference(), "run: python -m tests.plugins.reference"


@pytest.mark.parametrize(("title", "code"), BLOCKS, ids=[title for title, _ in BLOCKS])
async def test_example_of_a_how_to_runs(title: str, code: str) -> None:
    names: dict[str, Any] = {"__name__": "how_to"}
    exec(compile(code, title, "exec"), names)  # noqa: S102 - the page's own code
    for value in list(names.values()):
        if inspect.isclass(value) and issubclass(value, Specialist) and value is not Specialist:
            assert unmet(value()) == []
    for name, value in list(names.items()):
        if name.startswith("test_"):
            await value()


def test_there_are_examples_for_what_authors_ask() -> None:
    assert len(BLOCKS) >= 6


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert link.startswith("https://") or (page.parent / link).exists(), link


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_commands_that_are_named_exist(page: Path) -> None:
    known = {name for name, *_ in COMMANDS} | {"list"}
    named = set(re.findall(r"frontdesk plugins (\w+)", page.read_text("utf-8")))
    assert named <= known
