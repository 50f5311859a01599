"""Answers as JSON: which of the four kinds one is, is read off its fields.

Left to guess, a reader takes a question for a reply without citations, and would post it unasked.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from frontdesk import Escalation, Handoff, Question, Reply

_KINDS = (
    ("citations", "reply", Reply),
    ("to", "handoff", Handoff),
    ("note", "escalation", Escalation),
)


def _kind(value: Any) -> str:
    for field, kind, made_of in _KINDS:
        if field in value if isinstance(value, dict) else isinstance(value, made_of):
            return kind
    return "question"


TaggedAnswer = Annotated[
    Annotated[Reply, Tag("reply")]
    | Annotated[Question, Tag("question")]
    | Annotated[Handoff, Tag("handoff")]
    | Annotated[Escalation, Tag("escalation")],
    Discriminator(_kind),
]
"""An `Answer` that is the same after it was written as JSON and read back."""
