"""Keeps what the sandbox remembers small: the oldest goes when there is too much."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def trim(kept: dict[K, V], most: int) -> None:
    """Drop the oldest entries of a dict until it has at most `most`."""
    while len(kept) > most:
        del kept[next(iter(kept))]
