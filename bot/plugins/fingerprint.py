"""The digest that names a plugin's exact code and knowledge in the audit trail.

It covers the files of the package that the entry point names and the specialist's knowledge folder,
wherever they lie, so an editable install has one too. Names and contents count, times do not:
the same files give the same digest on every machine.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

LARGE = 8 * 1024 * 1024
"""A file above this many bytes (a model, an archive) counts by its name and size alone."""

MOST_FILES = 10_000


_LISTINGS: dict[str, str] = {}


def fingerprint(module: ModuleType, knowledge: Path | None = None) -> str:
    """SHA-256, in hex, over the list of the files of `module`'s package and of `knowledge`.

    Raises:
        ValueError: there are no files to read, or more than 10,000.
    """
    listing = _listed(module, knowledge)
    digest = hashlib.sha256(listing.encode()).hexdigest()
    _LISTINGS[digest] = listing
    return digest


def listing(digest: str) -> str | None:
    """What a fingerprint of this process stands for: of each file its digest, size and name."""
    return _LISTINGS.get(digest)


def _listed(module: ModuleType, knowledge: Path | None) -> str:
    files = dict(_code(module))
    if knowledge is not None:
        known = {path.resolve() for path in files.values()}
        files |= {
            f"knowledge:{name}": path
            for name, path in _tree(knowledge)
            if path.resolve() not in known
        }
    if not 0 < len(files) <= MOST_FILES:
        raise ValueError(f"it has {len(files)} files, and 1 to {MOST_FILES:,} can be hashed")
    return "".join(f"{_line(files[name])} {json.dumps(name)}\n" for name in sorted(files))


def _code(module: ModuleType) -> Iterator[tuple[str, Path]]:
    """The package's files by name; for a module outside any package, that one file."""
    if hasattr(module, "__path__"):
        for folder in module.__path__:
            yield from _tree(Path(folder))
    elif module.__file__ is not None:
        file = Path(module.__file__)
        if module.__package__:
            yield from _tree(file.parent)
        else:
            yield file.name, file


def _tree(root: Path) -> Iterator[tuple[str, Path]]:
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__" and name[0] != "."]
        for name in files:
            if not name.endswith(".pyc"):
                path = Path(folder, name)
                yield path.relative_to(root).as_posix(), path


def _line(file: Path) -> str:
    size = file.stat().st_size
    content = "-" if size > LARGE else hashlib.sha256(file.read_bytes()).hexdigest()
    return f"{content} {size}"
