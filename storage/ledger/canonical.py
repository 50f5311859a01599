"""Canonical JSON: one object, one byte string.

A restricted profile on which the standard library's encoder agrees with RFC 8785: keys are ASCII,
numbers are whole and below 2**53, and a text that is no Unicode text (a lone surrogate) is refused.
Floats are refused because their shortest spelling differs between encoders.
"""

from __future__ import annotations

import json
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
    """Everything within `value`, level by level: this runs for every entry that is written."""
    level: list[Any] = [value]
    while level:
        deeper: list[Any] = []
        for item in level:
            if isinstance(item, _LEAVES):
                continue
            if isinstance(item, int):
                if not -BIGGEST < item < BIGGEST:
                    raise ValueError(f"{item} is too big a number")
            elif isinstance(item, dict):
                _check_keys(item)
                deeper.extend(item.values())
            elif isinstance(item, list):
                deeper.extend(item)
            else:
                raise ValueError(f"{type(item).__name__} has no canonical form")  # noqa: TRY004 - one error
        level = deeper


def _check_keys(value: dict[Any, Any]) -> None:
    try:
        if "".join(value).isascii():
            return
        wrong = next(key for key in value if not key.isascii())
    except TypeError:
        wrong = next(key for key in value if not isinstance(key, str))
    raise ValueError(f"{wrong!r} is not an ASCII key")
