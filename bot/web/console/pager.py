"""Pages by key: the next one begins after the last row of this one, however far back it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Request

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of one page. `after` is the key of the next one, None on the last."""

    rows: Sequence[T]
    after: str | None

    @classmethod
    def of(cls, rows: Sequence[T], size: int, key: Callable[[T], object]) -> Page[T]:
        """A page of at most `size` rows, out of `size + 1` that were asked for."""
        if len(rows) <= size:
            return cls(rows, None)
        return cls(rows[:size], str(key(rows[size - 1])))


def with_query(request: Request, **changes: object) -> str:
    """This address with some of its query changed; None takes a name out."""
    given = [(name, value) for name, value in request.query_params.multi_items()]
    kept = [(name, value) for name, value in given if name not in changes and value]
    new = [(name, str(value)) for name, value in changes.items() if value is not None]
    query = urlencode([*kept, *new])
    return request.url.path + (f"?{query}" if query else "")
