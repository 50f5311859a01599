"""Types of values that a model is asked for, with schemas as short as they can be.

A schema is part of every prompt. Titles and descriptions that pydantic adds repeat the names and
the prompt, and would be half of it.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


def slim(schema: dict[str, Any]) -> None:
    """Take the titles out of a JSON schema, at any depth."""
    for key, inner in list(schema.items()):
        if key == "title" and isinstance(inner, str):
            del schema[key]
        elif isinstance(inner, dict):
            slim(inner)
        elif isinstance(inner, list):
            for item in inner:
                if isinstance(item, dict):
                    slim(item)


def _slim_without_docstring(schema: dict[str, Any]) -> None:
    slim(schema)
    schema.pop("description", None)


class Wanted(BaseModel):
    """A value that a model is asked for. A field that nobody asked for makes it a fault."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_slim_without_docstring)
