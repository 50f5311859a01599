"""A new plugin's first files: a whole package that works, for its author to change.

The files are templates in `starter/`, `$word` is what gets filled in. The sample field in them is
the same for every plugin, because a specialist that is to answer at once needs real examples and
real articles.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from string import Template

from frontdesk import API_VERSION, SettingsError
from frontdesk.checks import NAME

QUESTION = "How do I book a meeting room for tomorrow?"
"""What a plugin that was just made has an answer to."""

FILES = {
    "pyproject.toml": "pyproject.toml.txt",
    "README.md": "README.md.txt",
    ".gitignore": "gitignore.txt",
    ".github/workflows/check.yaml": "ci.yaml.txt",
    "src/$package/__init__.py": "init.py.txt",
    "src/$package/py.typed": "",
    "src/$package/specialist.py": "specialist.py.txt",
    "src/$package/knowledge/book-a-room.md": "article.md.txt",
    "src/$package/knowledge/room-equipment.md": "article_screens.md.txt",
    "tests/test_$module.py": "test.py.txt",
}
"""The files of a new package, and the template of each."""


def distribution_of(name: str) -> str:
    """How the package of a new specialist `name` is called."""
    return f"{re.sub(r'[_-]+', '-', name).strip('-')}-specialist"


def scaffold(name: str, folder: Path, taken: Collection[str] = ()) -> list[Path]:
    """Write a new plugin with the specialist `name` into `folder`; give the files, sorted.

    Args:
        name: as `frontdesk.Specialist.name`.
        folder: is made; it must be empty if it is there.
        taken: names of plugins and specialists that are there already.

    Raises:
        SettingsError: the name cannot be used, or the folder is not empty or cannot be written to.
    """
    if not NAME.fullmatch(name):
        rule = "2 to 40 of a-z, 0-9, _ and -, beginning with a letter"
        raise SettingsError(f"{name!r} cannot be a specialist's name; use {rule}")
    if name in taken:
        raise SettingsError(f"a plugin named {name!r} is installed already; choose another name")
    words = _words(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise SettingsError(f"{folder} is not empty; give another folder with --path")
        return sorted(_write(folder, target, source, words) for target, source in FILES.items())
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written to: {error.strerror or error}") from error


def _words(name: str) -> Mapping[str, str]:
    module = re.sub(r"[_-]+", "_", name).strip("_")
    parts = module.split("_")
    return {
        "name": name,
        "module": module,
        "package": f"{module}_specialist",
        "distribution": distribution_of(name),
        "class": "".join(part.capitalize() for part in parts) + "Specialist",
        "title": " ".join(parts).capitalize(),
        "api": str(API_VERSION),
        "today": date.today().isoformat(),
        "question": QUESTION,
    }


def _write(folder: Path, target: str, source: str, words: Mapping[str, str]) -> Path:
    path = folder / Template(target).substitute(words)
    path.parent.mkdir(parents=True, exist_ok=True)
    template = files(__package__).joinpath("starter", source).read_text("utf-8") if source else ""
    path.write_text(Template(template).substitute(words), "utf-8")
    return path
