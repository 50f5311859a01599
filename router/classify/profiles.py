"""What the router knows of each specialist, and the training rows made of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from enum import StrEnum

from frontdesk import Specialist
from router.titles import title_of

MAX_ROWS = 1_500
"""Fitting inverts a matrix of this size (about a second); more examples are thinned out evenly."""
FEW_EXAMPLES = 10
ENDS = re.compile(r"(?<=[.!?])\s+")
BREAKS = re.compile(r"[.;:!?]\s+|,\s+|\s+and\s+(?=\w+\s+\w+)")
SHORTEST_PHRASE = 3


@dataclass(frozen=True, slots=True)
class Profile:
    """A specialist as the router sees it; the fields are those of `frontdesk.Specialist`."""

    name: str
    title: str
    handles: str
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()


class RowKind(StrEnum):
    """Where a training row comes from."""

    EXAMPLE = "example"
    DESCRIPTION = "description"
    COUNTER_EXAMPLE = "counter-example"


@dataclass(frozen=True, slots=True)
class Row:
    """One text the router learns from; `specialist` is the profile's position."""

    text: str
    specialist: int
    kind: RowKind


def profile_of(specialist: Specialist) -> Profile:
    """What the router reads of a specialist."""
    name = specialist.name
    return Profile(
        name=name,
        title=title_of(name, specialist.title),
        handles=" ".join(specialist.handles.split()),
        examples=_distinct(specialist.examples),
        counter_examples=_distinct(specialist.counter_examples),
    )


def profiles_digest(profiles: Sequence[Profile]) -> str:
    """SHA-256 of everything the router learns from."""
    return hashlib.sha256(profiles_content(profiles)).hexdigest()


def profiles_content(profiles: Sequence[Profile]) -> bytes:
    """Everything the router learns from, as JSON."""
    return json.dumps([astuple(profile) for profile in profiles], ensure_ascii=False).encode()


def texts_by_digest(content: bytes) -> dict[str, str]:
    """Every text that the router learned from, by its SHA-256, read from what was put away."""
    profiles = [
        Profile(name, title, handles, tuple(examples), tuple(against))
        for name, title, handles, examples, against in json.loads(content)
    ]
    return {
        hashlib.sha256(row.text.encode()).hexdigest(): row.text for row in training_rows(profiles)
    }


def training_rows(profiles: Sequence[Profile]) -> list[Row]:
    """Examples, the phrases of each description, and counter-examples, in the profiles' order."""
    share = max(1, MAX_ROWS // max(1, len(profiles)))
    return [
        Row(text, position, kind)
        for position, profile in enumerate(profiles)
        for kind, texts in (
            (RowKind.EXAMPLE, thinned(profile.examples, share)),
            (RowKind.DESCRIPTION, phrases(profile)),
            (RowKind.COUNTER_EXAMPLE, thinned(profile.counter_examples, share)),
        )
        for text in texts
    ]


def phrases(profile: Profile) -> tuple[str, ...]:
    """The title and the description, its sentences and its phrases.

    A phrase is nearer to a message than the whole paragraph, and all together say more than any.
    """
    sentences = ENDS.split(profile.handles)
    parts = [part for sentence in sentences for part in BREAKS.split(sentence)]
    texts = (text.strip(" .,;:!?") for text in (profile.title, *sentences, *parts))
    return _distinct(text for text in texts if len(text) >= SHORTEST_PHRASE)


def thinned(texts: Sequence[str], limit: int) -> Sequence[str]:
    """At most `limit` of the texts, spread evenly over the list."""
    if len(texts) <= limit:
        return texts
    return [texts[at * len(texts) // limit] for at in range(limit)]


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))
