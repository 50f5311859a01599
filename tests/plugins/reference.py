"""The reference for plugin authors, made from the code.

`python -m tests.plugins.reference` writes `docs/plugins/reference.md`.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import textwrap
from collections.abc import Iterator
from enum import Enum
from types import ModuleType
from typing import Any

import frontdesk
import frontdesk.testing
from bot.plugins.registry import Reason
from frontdesk.testing import plugin
from frontdesk.testing.card import CHECKS
from tests.plugins.environment import ROOT

PAGE = ROOT / "docs" / "plugins" / "reference.md"
INTRODUCTION = """# Reference

Every public name of the contract, made from the code: `python -m tests.plugins.reference`."""


def reference() -> str:
    """The whole page."""
    parts = [INTRODUCTION, "## `frontdesk`", *_names(frontdesk)]
    parts += ["## `frontdesk.testing`", *_names(frontdesk.testing)]
    parts += ["## Fixtures for pytest", *_fixtures()]
    parts += ["## What `frontdesk plugins check` checks", _checks()]
    parts += ["## Why a plugin is kept out", ", ".join(f"`{reason.value}`" for reason in Reason)]
    return "\n\n".join(parts) + "\n"


def _names(module: ModuleType) -> Iterator[str]:
    for name in module.__all__:
        value = getattr(module, name)
        yield f"### `{name}{_call(value)}`"
        yield from _about(value)


def _about(value: Any) -> Iterator[str]:
    if inspect.isclass(value):
        yield _prose(value.__doc__ or "")
        if issubclass(value, Enum):
            yield ", ".join(f"`{one.value}`" for one in value)
        yield from _methods(value)
    elif inspect.isfunction(value):
        yield _prose(value.__doc__ or "")
    elif not callable(value):
        yield f"`{value}`"


def _methods(kind: type) -> Iterator[str]:
    lines = [
        f"- `{name}{_call(value)}`: {_first(value)}"
        for name, value in vars(kind).items()
        if inspect.isfunction(value) and not name.startswith("_")
    ]
    if lines:
        yield "\n".join(lines)


def _call(value: Any) -> str:
    if inspect.isfunction(value):
        signature = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(value)))
        return signature.replace("(self, ", "(").replace("(self)", "()")
    if dataclasses.is_dataclass(value):
        fields = [one.name for one in dataclasses.fields(value) if one.init]
        return f"({', '.join(fields)})"
    return ""


def _fixtures() -> Iterator[str]:
    lines = [
        f"- `{name}`: {_first(value)}"
        for name, value in vars(plugin).items()
        if type(value).__name__ == "FixtureFunctionDefinition"
    ]
    yield "\n".join(lines)


def _checks() -> str:
    rows = [f"| {name} | {promise} |" for name, (promise, _) in CHECKS.items()]
    return "\n".join(["| check | promise |", "| --- | --- |", *rows])


def _prose(docstring: str) -> str:
    """A docstring as Markdown: what it raises as a list."""
    text = inspect.cleandoc(docstring)
    text, _, raises = text.partition("Raises:\n")
    lines = [f"- raises {line.strip()}" for line in textwrap.dedent(raises).splitlines()]
    return "\n\n".join(part for part in (text.strip(), "\n".join(lines)) if part)


def _first(value: Any) -> str:
    return " ".join((value.__doc__ or "").strip().split("\n\n")[0].split())


if __name__ == "__main__":
    PAGE.write_text(reference(), "utf-8")
