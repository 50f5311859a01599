"""Values as libpq sends and gives them: texts, numbers and bytes, all that the desk keeps."""

from __future__ import annotations

from collections.abc import Callable
from struct import unpack
from typing import Any

import psycopg
from psycopg import pq

TEXT, BINARY = 0, 1
_BYTEA, _BIGINT, _FLOAT, _UNKNOWN = 17, 20, 701, 0


def _whole(value: bytes) -> int:
    return int.from_bytes(value, "big", signed=True)


_READ: dict[int, Callable[[bytes], Any]] = {
    16: lambda value: value == b"\1",
    17: bytes,
    18: bytes.decode,
    19: bytes.decode,
    20: _whole,
    21: _whole,
    23: _whole,
    25: bytes.decode,
    701: lambda value: unpack("!d", value)[0],
    1042: bytes.decode,
    1043: bytes.decode,
    2278: bytes.decode,
}
"""How values are read, by the number of their type: truth, bytes, texts, numbers and nothing."""


def rows(result: pq.abc.PGresult) -> list[tuple[Any, ...]]:
    """The rows of a result, their values as Python has them."""
    columns = range(result.nfields)
    read = [_READ[result.ftype(column)] for column in columns]
    return [
        tuple(
            None if (value := result.get_value(row, column)) is None else read[column](value)
            for column in columns
        )
        for row in range(result.ntuples)
    ]


def encoded(value: Any) -> tuple[int, bytes | None, int]:
    """The number of a value's type, the value, and the format it is in."""
    if isinstance(value, str):
        made = value.encode()
        if b"\0" in made:
            raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
        return _UNKNOWN, made, TEXT
    if value is None:
        return _UNKNOWN, None, TEXT
    if isinstance(value, int):
        return _BIGINT, b"%d" % value, TEXT
    if isinstance(value, float):
        return _FLOAT, repr(value).encode(), TEXT
    return _BYTEA, bytes(value), BINARY
