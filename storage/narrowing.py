"""Narrowing a list to what somebody asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Select


def narrowed_to(query: Select[Any], wanted: Mapping[Column[Any], object]) -> Select[Any]:
    """The rows that have all these values; what is None does not matter."""
    for column, value in wanted.items():
        if value is not None:
            query = query.where(column == value)
    return query
