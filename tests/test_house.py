"""The house keeps its own rules: sizes, layers, what may be written where."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "router", "storage", "plugins")
MODULES = sorted(
    path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "versions" not in path.parts
)
TEXTS = sorted(
    path
    for pattern in ("*.py", "*.md", "*.toml", "*.lock", "*.yaml", "*.sh", "Makefile", "Procfile")
    for path in ROOT.rglob(pattern)
    if not {".venv", "build", ".git"} & set(path.relative_to(ROOT).parts)
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_longer_than_300_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    source = path.read_text()
    assert not source.strip() or ast.get_docstring(ast.parse(source))


def test_imports_go_down_only() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("anthropic", "bot/llm"),
        ("slack_bolt", "bot/slack"),
        ("apscheduler", "bot"),
        ("sqlmodel", "storage"),
        ("alembic", "storage"),
        ("onnxruntime", "router/classify"),
    ],
)
def test_each_vendor_appears_in_one_place(library: str, home: str) -> None:
    elsewhere = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if library in imports_of(path) and not str(path.relative_to(ROOT)).startswith(home)
    ]
    assert not elsewhere


def test_nothing_names_a_machine_or_a_registry() -> None:
    # Put together here so that this file does not hold what it looks for.
    forbidden = re.compile(
        "|".join(["/" + "home/", "/" + "root/", "/" + "work/", "pypi" + r"\.org"])
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEXTS
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if forbidden.search(line)
    ]
    assert not found


def test_locks_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "index-url" not in text


def test_every_dependency_is_locked_and_has_its_reason_in_the_docs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [re.split(r"[\[>=<]", one)[0] for one in project["dependencies"]]
    locked = (ROOT / "requirements.lock").read_text()
    reasons = (ROOT / "docs" / "dependencies.md").read_text()

    assert not [name for name in named if f"\n{name}==" not in f"\n{locked}"]
    assert not [name for name in named if name not in reasons]
