"""Seeing what an object keeps: the same specialist serves everybody, so it must keep nothing."""

from __future__ import annotations

import inspect
import sys
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Set
from typing import Any

DEPTH = 4
CONTAINERS = (list, set, dict, deque, bytearray)


def kept(specialist: object) -> dict[str, str]:
    """What answering could leave behind, as text by place.

    That is the object's own attributes, those of its class, and the lists, sets and dictionaries
    that stand in the module of its class.
    """
    return {place: _picture(value, DEPTH) for place, value in _places(specialist)}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The places where `after` differs from `before`."""
    return [place for place in after if after[place] != before.get(place)]


def _places(specialist: object) -> Iterator[tuple[str, Any]]:
    kind = type(specialist)
    for name, value in _attributes(specialist):
        yield f"self.{name}", value
    for base in kind.__mro__[:-1]:
        for name, value in vars(base).items():
            if not name.startswith("__") and not inspect.isroutine(value):
                yield f"{base.__name__}.{name}", value
    for name, value in vars(sys.modules[kind.__module__]).items():
        if isinstance(value, CONTAINERS) and not name.startswith("__"):
            yield f"{kind.__module__}.{name}", value


def _attributes(value: object) -> list[tuple[str, Any]]:
    slots = [name for base in type(value).__mro__ for name in vars(base).get("__slots__", ())]
    own = {name: getattr(value, name) for name in slots if hasattr(value, name)}
    return sorted((own | getattr(value, "__dict__", {})).items())


def _picture(value: Any, depth: int) -> str:
    """A text that differs when `value` does; below `depth` only the type counts."""
    if isinstance(value, str | bytes | int | float | complex | None):
        return repr(value)
    if depth == 0 or inspect.isroutine(value) or inspect.ismodule(value):
        return type(value).__name__
    if isinstance(value, Mapping):
        pairs = (f"{_picture(k, depth - 1)}: {_picture(v, depth - 1)}" for k, v in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, Collection):
        items = [_picture(item, depth - 1) for item in value]
        return f"[{', '.join(sorted(items) if isinstance(value, Set) else items)}]"
    attributes = (f"{name}={_picture(one, depth - 1)}" for name, one in _attributes(value))
    return f"{type(value).__name__}({', '.join(attributes)})"
