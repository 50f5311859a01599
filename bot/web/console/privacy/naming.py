"""Who somebody is, for those whose task is people's data: the record itself knows references."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.web.console.base import Console
from storage.conversations import microseconds
from storage.database import SystemClock
from storage.privacy import retention
from storage.privacy.erasures import Erasures
from storage.privacy.facts import Basis
from storage.privacy.holds import Holds
from storage.privacy.retention import RetentionPlan
from storage.reading import need

BASES = (
    (Basis.CONSENT_WITHDRAWN, "Consent was withdrawn (GDPR 17(1)(b))"),
    (Basis.NOT_NEEDED, "No longer needed (GDPR 17(1)(a))"),
    (Basis.OBJECTION, "The person objects (GDPR 17(1)(c))"),
    (Basis.UNLAWFUL, "Kept unlawfully (GDPR 17(1)(d))"),
    (Basis.LEGAL_DUTY, "A law demands it (GDPR 17(1)(e))"),
    (Basis.CHILD, "Collected from a child (GDPR 17(1)(f))"),
    (Basis.CCPA, "Request under the CCPA (1798.105)"),
)
"""The grounds on which somebody may ask, as a form offers them."""


_FIELDS = {
    "text": "what they wrote",
    "matter": "the matter as it was read",
    "draft": "drafts of answers",
    "post": "what was posted",
    "outcome": "how turns ended",
    "note": "notes for staff",
    "reply": "replies of staff",
    "reason": "reasons",
    "packet": "what was passed on",
    "arguments": "what tools were asked",
    "result": "what tools answered",
    "asked": "what they were asked about",
    "comment": "comments of reviewers",
    "notice": "reminders and notices",
}


def field_words(name: str) -> str:
    """A kind of text as people call it."""
    head = name.partition(":")[0]
    return "passages that were quoted" if head == "quote" else _FIELDS.get(head, head)


def by_words(texts: Mapping[str, int]) -> list[tuple[str, int]]:
    """How many texts of each kind, as people call them."""
    counts: Counter[str] = Counter()
    for name, count in texts.items():
        counts[field_words(name)] += count
    return sorted(counts.items())


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody: the reference, and who that is while the key store knows."""

    ref: str
    source: str = ""
    workspace: str = ""
    name: str = ""

    @property
    def known(self) -> str:
        """As people type it: `slack:U123`."""
        return f"{self.source}:{self.name}" if self.name else "erased, or never known"


async def named(here: Console, ref: str) -> Named:
    """Who a reference stands for."""
    subjects = need(here.app.store.keys).subjects
    who = await asyncio.to_thread(subjects.who, ref)
    return Named(ref) if who is None else Named(ref, *who)


def erasures_of(here: Console) -> Erasures:
    """The erasures of the desk."""
    settings = here.app.settings
    return Erasures(here.app.store, settings.key_backup_days, settings.exports)


def holds_of(here: Console) -> Holds:
    """The holds of the desk."""
    return Holds(here.app.store)


def days_kept(here: Console) -> dict[str, int]:
    """How long each class of texts is kept, in days."""
    settings = here.app.settings
    return retention.days_of(settings.retention_days, settings.retention)


async def due_in(here: Console, days: int) -> RetentionPlan:
    """What will be past its time in so many days from now, if nothing is erased before."""
    now = microseconds(SystemClock().now())
    later = now + days * 86_400_000_000
    return await retention.plan(here.app.store, later, days_kept(here))
