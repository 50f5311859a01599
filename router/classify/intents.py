"""What the router agent's model is asked for: the matters of a message."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

from pydantic import Field, create_model

from router.wanted import Wanted

NOBODY = "none"
"""The answer that no specialist handles it."""


class Intent(Wanted):
    """One matter. The names are checked later: an unknown one is a fault and not an error."""

    text: str
    specialist: str
    confidence: int = Field(ge=0, le=100)
    second: str
    reason: str
    urgency: Literal["low", "normal", "urgent"]
    language: str
    missing: list[str]


class Intents(Wanted):
    """The matters of a message."""

    matters: Sequence[Intent]


@lru_cache(maxsize=8)
def intents_of(specialists: tuple[str, ...]) -> type[Intents]:
    """`Intents` that tell the model which names there are."""
    names = Field(json_schema_extra={"enum": [*specialists, NOBODY]})
    fields: dict[str, Any] = {"specialist": (str, names), "second": (str, names)}
    intent = create_model("Intent", __base__=Intent, **fields)
    return create_model("Intents", __base__=Intents, matters=(list[intent], ...))
