"""Canonical JSON: one object, one byte string.

A restricted profile on which the standard library's encoder agrees with RFC 8785: keys are ASCII,
numbers are whole and below 2**53, and a text that is no Unicode text (a lone surrogate) is refused.
Floats are refused because their shortest spelling differs between encoders.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

BIGGEST = 2**53

_ENCODE = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
).encode
_LEAVES = (str, bool, type(None))


def encode(value: Any) -> bytes:
    """The canonical bytes of `value`.

    Raises:
        ValueError: it holds something outside of the profile; the text says what.
    """
    _check(value)
    return _ENCODE(value).encode("utf-8")


def decode(data: str) -> Any:
    """The value of canonical text.

    Raises:
        ValueError: this is not the canonical text of any value.
    """
    value = json.loads(data)
    if encode(value) != data.encode("utf-8"):
        raise ValueError("the JSON is not canonical")
    return value


def _check(value: Any) -> None:
    """Everything within `value`: this runs for every entry that is written."""
    found: list[Any] = [value]
    for item in found:  # it grows meanwhile by what is within
        base = _base(type(item))  # type: ignore[arg-type]  # types can be hashed
        if base is None:
            continue
        if base is int:
            if not -BIGGEST < item < BIGGEST:
                raise ValueError(f"{item} is too big a number")
        elif base is dict:
            _check_keys(item)
            found.extend(item.values())
        elif base is list:
            found.extend(item)
        else:
            raise ValueError(f"{type(item).__name__} has no canonical form")


@lru_cache(256)
def _base(kind: type) -> type | None:
    """What values of a type are in JSON: None if they hold nothing and all of them are allowed."""
    if issubclass(kind, _LEAVES):
        return None
    return next((base for base in (int, dict, list) if issubclass(kind, base)), object)


def _check_keys(value: dict[Any, Any]) -> None:
    try:
        if "".join(value).isascii():
            return
        wrong = next(key for key in value if not key.isascii())
    except TypeError:
        wrong = next(key for key in value if not isinstance(key, str))
    raise ValueError(f"{wrong!r} is not an ASCII key")
