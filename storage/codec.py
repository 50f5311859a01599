"""Results of steps as JSON: typed, so that nothing that was written there can run as code."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


class Codec(Protocol[T]):
    """Writes results of a type as JSON and reads them, as pydantic's `TypeAdapter` does."""

    def dump_json(self, value: T, /) -> bytes:
        """The value as JSON."""

    def validate_json(self, kept: bytes, /) -> T:
        """The value.

        Raises:
            ValidationError: it is of another type.
        """


def adapter(result: Any) -> TypeAdapter[Any]:
    """What writes and reads results of a type."""
    return _adapter(result)


@lru_cache(64)
def _adapter(result: Any) -> TypeAdapter[Any]:
    return TypeAdapter(result)
