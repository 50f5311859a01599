"""What somebody looks for in the log, as conditions that the indexes answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, text

from storage.conversations import microseconds
from storage.export.dictionary import dictionary
from storage.ids import first_uuid7
from storage.ledger.tables import INDEX, UNSURE
from storage.narrowing import narrowed_to

_UNSURE_BP = int(UNSURE.rpartition(" ")[2])
_SLACK_US = 300 * 1_000_000
"""How far an id's time may be from the entry's: ids grow for a while when a clock steps back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is looked for; nothing given fits everything.

    `since` is included, `until` is not. `kind` is a whole kind (`route:decided`) or its part before
    the colon. `person` is a reference: whose texts an entry has. `below_bp`: less sure than that.
    `words` must all be in one text, in any form that contains them.
    """

    since: datetime | None = None
    until: datetime | None = None
    ticket: str | None = None
    kind: str | None = None
    actor: str | None = None
    specialist: str | None = None
    route_from: str | None = None
    route_to: str | None = None
    below_bp: int | None = None
    outcome: str | None = None
    model: str | None = None
    cost_from: int | None = None
    channel: str | None = None
    workspace: str | None = None
    person: str | None = None
    words: str = ""

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Filter:
        """The filter that was put on record so."""
        given: dict[str, Any] = dict(said)
        for name in ("since", "until"):
            if name in given:
                given[name] = datetime.fromisoformat(given[name])
        for name in ("below_bp", "cost_from"):
            if name in given:
                given[name] = int(given[name])
        return cls(**given)

    def said(self) -> dict[str, str]:
        """What was asked for, without free words, for the record."""
        found = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "words"}
        return {
            name: value.isoformat() if isinstance(value, datetime) else str(value)
            for name, value in found.items()
            if value is not None
        }


def kinds(named: str) -> tuple[str, ...]:
    """The kinds that are meant: the one, or all that this version knows about a subject.

    A range of texts would do, but for databases whose order of texts passes over punctuation.
    """
    if ":" in named:
        return (named,)
    known = tuple(one.kind for one in dictionary() if one.kind.startswith(f"{named}:"))
    return known or (f"{named}:",)


def narrowed(query: Select[Any], wanted: Filter) -> Select[Any]:
    """A query on the search index, narrowed to what is looked for; not by its words."""
    same = {
        INDEX.c.ticket_id: wanted.ticket,
        INDEX.c.specialist: wanted.specialist,
        INDEX.c.route_from: wanted.route_from,
        INDEX.c.route_to: wanted.route_to,
        INDEX.c.outcome: wanted.outcome,
        INDEX.c.model: wanted.model,
        INDEX.c.channel_id: wanted.channel,
        INDEX.c.team_id: wanted.workspace,
        INDEX.c.subject_ref: wanted.person,
    }
    query = narrowed_to(query, same)
    return _in_time(_of_kind(_graded(query, wanted), wanted), wanted)


def _in_time(query: Select[Any], wanted: Filter) -> Select[Any]:
    """Entries of a time: by their ids, which are in its order, and exactly."""
    if wanted.since is not None:
        first = microseconds(wanted.since)
        query = query.where(
            INDEX.c.entry_id >= first_uuid7(first - _SLACK_US), INDEX.c.rec_us >= first
        )
    if wanted.until is not None:
        end = microseconds(wanted.until)
        query = query.where(INDEX.c.entry_id < first_uuid7(end + _SLACK_US), INDEX.c.rec_us < end)
    return query


def _of_kind(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.kind is not None:
        query = query.where(INDEX.c.kind.in_(kinds(wanted.kind)))
    if wanted.actor is not None:
        kind, colon, name = wanted.actor.partition(":")
        query = query.where(INDEX.c.actor_id == (name if colon else kind))
        query = query.where(INDEX.c.actor_type == kind) if colon else query
    return query


def _graded(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.below_bp is not None:
        query = query.where(INDEX.c.confidence_bp < wanted.below_bp)
        if wanted.below_bp <= _UNSURE_BP:
            query = query.where(text(UNSURE))  # said again as the partial index says it
    if wanted.cost_from is not None:
        query = query.where(INDEX.c.cost_microusd >= wanted.cost_from)
    return query
