from __future__ import annotations

import importlib
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from bot.plugins import fingerprint as subject
from bot.plugins.fingerprint import fingerprint


@pytest.fixture
def package(tmp_path: Path) -> ModuleType:
    """A package with one module and one article."""
    folder = tmp_path / "somewhere" / "pack"
    (folder / "knowledge").mkdir(parents=True)
    (folder / "__init__.py").write_text("A = 1\n")
    (folder / "knowledge" / "a.md").write_text("text")
    return module_at(folder)


def module_at(folder: Path) -> ModuleType:
    module = ModuleType("pack")
    module.__path__ = [str(folder)]
    module.__file__ = str(folder / "__init__.py")
    return module


def folder_of(module: ModuleType) -> Path:
    return Path(module.__path__[0])


def test_same_files_elsewhere_and_later_have_the_same_digest(
    package: ModuleType, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(folder_of(package), tmp_path / "elsewhere"))
    os.utime(copy / "__init__.py", (1, 1))
    assert fingerprint(module_at(copy)) == fingerprint(package)


@pytest.mark.parametrize("change", ["code", "knowledge", "added", "renamed"])
def test_every_change_gives_another_digest(package: ModuleType, change: str) -> None:
    before = fingerprint(package)
    article = folder_of(package) / "knowledge" / "a.md"
    match change:
        case "code":
            (folder_of(package) / "__init__.py").write_text("A = 2\n")
        case "knowledge":
            article.write_text("texts")
        case "added":
            (folder_of(package) / "more.py").touch()
        case "renamed":
            article.rename(article.with_name("b.md"))
    assert fingerprint(package) != before


def test_compiled_and_hidden_files_do_not_count(package: ModuleType) -> None:
    before = fingerprint(package)
    for name in ("__pycache__", ".cache"):
        (folder_of(package) / name).mkdir()
        (folder_of(package) / name / "x.py").write_text("x")
    (folder_of(package) / "old.pyc").write_text("x")
    assert fingerprint(package) == before


def test_knowledge_outside_the_package_counts(package: ModuleType, tmp_path: Path) -> None:
    elsewhere = tmp_path / "articles"
    elsewhere.mkdir()
    (elsewhere / "a.md").write_text("one")
    before = fingerprint(package, elsewhere)
    (elsewhere / "a.md").write_text("two")
    assert fingerprint(package, elsewhere) != before


def test_knowledge_inside_the_package_counts_once(package: ModuleType) -> None:
    assert fingerprint(package, folder_of(package) / "knowledge") == fingerprint(package)


def test_large_file_counts_by_its_size(
    package: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "LARGE", 3)
    before = fingerprint(package)
    (folder_of(package) / "knowledge" / "a.md").write_text("other"[:4])
    assert fingerprint(package) == before
    (folder_of(package) / "knowledge" / "a.md").write_text("longer")
    assert fingerprint(package) != before


def test_single_module_does_not_take_its_neighbours_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "lonely_module.py").write_text("")
    before = fingerprint(importlib.import_module("lonely_module"))
    (tmp_path / "neighbour.py").write_text("x = 1")
    assert fingerprint(sys.modules["lonely_module"]) == before


def test_module_without_files_is_refused() -> None:
    module = ModuleType("made_up")
    module.__file__ = None
    with pytest.raises(ValueError, match="0 files"):
        fingerprint(module)
