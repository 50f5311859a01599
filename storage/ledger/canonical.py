"""Canonical JSON: one object, one byte string.

A restricted profile on which the standard library's encoder agrees with RFC 8785: keys are ASCII,
numbers are whole and below 2**53, and a text that is no Unicode text (a lone surrogate) is refused.
Floats are refused because their shortest spelling differs between encoders.
"""

from __future__ import annotations

import json
from typing import Any

BIGGEST = 2**53


def encode(value: Any) -> bytes:
    """The canonical bytes of `value`.

    Raises:
        ValueError: it holds something outside of the profile; the text says what.
    """
    _check(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


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
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if abs(value) >= BIGGEST:
            raise ValueError(f"{value} is too big a number")
    elif isinstance(value, dict):
        for key, item in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise ValueError(f"{key!r} is not an ASCII key")
            _check(item)
    elif isinstance(value, list):
        for item in value:
            _check(item)
    else:
        raise ValueError(f"{type(value).__name__} has no canonical form")  # noqa: TRY004 - one error
