"""Putting the parts of a turn together: several matters become one attributed reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from frontdesk import Citation
from router.records import Conversation, Outcome, OutcomeKind, Part
from router.validate import Draft

MOST_CHARACTERS = 12_000
"""Of the whole: each part has its own limit, and headings come on top."""


def compose(
    conversation: Conversation, parts: tuple[Part, ...], titles: Mapping[str, str]
) -> Outcome:
    """All parts as one outcome, each under its specialist's title when there are several."""
    text = parts[0].text if len(parts) == 1 else _attributed(parts, titles)
    return Outcome(_kind(parts), conversation.ticket, conversation.message.id, text, parts)


def whole_draft(conversation: Conversation, outcome: Outcome) -> Draft:
    """The outcome for the validator, once more; what its parts cite may stand in it."""
    sources = [source for part in outcome.parts for source in part.sources]
    return Draft.notice(
        outcome.text,
        conversation.message.text,
        citations=[Citation("", source.title, source.source, source.quote) for source in sources],
        max_chars=MOST_CHARACTERS,
    )


def _attributed(parts: Sequence[Part], titles: Mapping[str, str]) -> str:
    return "\n\n".join(f"{_heading(part, titles)}\n{part.text}" for part in parts)


def _heading(part: Part, titles: Mapping[str, str]) -> str:
    if part.specialist is None:
        return "For our staff:"
    return f"{titles.get(part.specialist, part.specialist)}:"


def _kind(parts: Sequence[Part]) -> OutcomeKind:
    """What the turn as a whole was: the most helpful of its parts."""
    kinds = {part.kind for part in parts}
    order = (OutcomeKind.REPLIED, OutcomeKind.ASKED, OutcomeKind.ESCALATED)
    return next((kind for kind in order if kind in kinds), OutcomeKind.QUIET)
