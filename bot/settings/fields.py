"""Kinds of settings that several parts of the settings use."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field
from pydantic_settings import NoDecode


def named(name: str, **more: Any) -> Any:
    """A setting that goes by a name of its own, without our prefix."""
    return Field(validation_alias=AliasChoices(name, name.lower()), **more)


def listed(value: object) -> object:
    """A list that may be given as text with commas."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed)]
"""Several words; in the environment they are separated by commas."""
