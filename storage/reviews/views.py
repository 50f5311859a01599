"""Cases and items as a reviewer sees them.

A first opinion that waits for the second is not shown to anybody but its author.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from router.review_facts import CaseQuery, Judgement
from storage.conversations import moment
from storage.human_state import NotPossible
from storage.ids import typed
from storage.ledger.keys import Keys
from storage.reading import texts_of
from storage.reviews.opening import query_of
from storage.reviews.tables import CASE, ITEM, CaseState


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list. `judged` items have a first opinion, `open_seconds` lack their second."""

    id: str
    state: CaseState
    query: CaseQuery
    wanted: int
    population: int | None
    drawn: int
    judged: int
    open_seconds: int
    opened_by: str
    opened: datetime
    entry: str
    checkpoint_size: int | None
    signed_entry: str | None
    signed_by: str | None
    signed: datetime | None


@dataclass(frozen=True, slots=True)
class Opinion:
    """One reviewer's verdict and comment."""

    judgement: Judgement
    person: str
    at: datetime
    entry: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item as one reviewer sees it. `hidden`: there is a first opinion that is not shown.

    `yours` is whether this reviewer may judge it now.
    """

    case: str
    position: int
    entry: str
    ticket: str
    message: str | None
    decided: datetime
    twice: bool
    hidden: bool
    yours: bool
    first: Opinion | None
    second: Opinion | None

    @property
    def done(self) -> bool:
        """Whether nobody has to judge it any more."""
        return not self.hidden and self.first is not None and (not self.twice or bool(self.second))


def cases(
    connection: Connection, *, state: CaseState | None = None, limit: int = 50, after: str = ""
) -> tuple[CaseRow, ...]:
    """Cases, newest first, in pages by the last id."""
    query = _cases().order_by(CASE.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(CASE.c.state == state)
    if after:
        query = query.where(CASE.c.id < after)
    return tuple(map(_case_row, connection.execute(query)))


def one_case(connection: Connection, name: str) -> CaseRow:
    """One case by its name.

    Raises:
        NotPossible: there is no such case.
    """
    row = connection.execute(_cases().where(CASE.c.id == typed(name))).one_or_none()
    if row is None:
        raise NotPossible("no_such_case")
    return _case_row(row)


def items(
    connection: Connection, keys: Keys | None, name: str, viewer: str
) -> tuple[ItemView, ...]:
    """All items of a case in their order, as `viewer` sees them."""
    query = select(ITEM).where(ITEM.c.case_id == name).order_by(ITEM.c.position)
    rows = connection.execute(query).all()
    said = [one for row in rows for one in (row.first_entry, row.second_entry) if one]
    comments = texts_of(connection, keys, said, "comment")
    return tuple(_item(row, comments, viewer) for row in rows)


def next_for(seen: Sequence[ItemView], after: int = 0) -> ItemView | None:
    """The next item that the viewer may judge, from `after` on and then from the beginning."""
    yours = [one for one in seen if one.yours]
    return next((one for one in yours if one.position > after), yours[0] if yours else None)


def sealed(connection: Connection, entries: Collection[str], viewer: str = "") -> frozenset[str]:
    """Which of these entries are first opinions that wait for the second: show none of their texts.

    Their author, the viewer perhaps, knows them anyway.
    """
    waits = select(ITEM.c.first_entry).where(
        ITEM.c.first_entry.in_(entries),
        ITEM.c.twice == 1,
        ITEM.c.second.is_(None),
        ITEM.c.first_by != viewer,
    )
    return frozenset(connection.execute(waits).scalars())


def _cases() -> Any:
    counts = (
        select(
            ITEM.c.case_id,
            func.count().label("drawn"),
            func.count(ITEM.c.first).label("judged"),
            func.sum(
                case(((ITEM.c.twice == 1) & ITEM.c.first.is_not(None), 1), else_=0)
                - case((ITEM.c.second.is_not(None), 1), else_=0)
            ).label("open_seconds"),
        )
        .group_by(ITEM.c.case_id)
        .subquery()
    )
    columns = (counts.c.drawn, counts.c.judged, counts.c.open_seconds)
    return select(CASE, *columns).outerjoin(counts, counts.c.case_id == CASE.c.id)


def _case_row(row: Row[Any]) -> CaseRow:
    return CaseRow(
        id=row.id,
        state=CaseState(row.state),
        query=query_of(row),
        wanted=row.wanted,
        population=row.population,
        drawn=row.drawn or 0,
        judged=row.judged or 0,
        open_seconds=int(row.open_seconds or 0),
        opened_by=row.opened_by,
        opened=moment(row.opened_us),
        entry=row.entry_id,
        checkpoint_size=row.checkpoint_size,
        signed_entry=row.signed_entry,
        signed_by=row.signed_by,
        signed=None if row.signed_us is None else moment(row.signed_us),
    )


def _item(row: Row[Any], comments: Mapping[str, str], viewer: str) -> ItemView:
    waits = row.first is not None and bool(row.twice) and row.second is None
    hidden = waits and row.first_by != viewer
    return ItemView(
        case=row.case_id,
        position=row.position,
        entry=row.entry_id,
        ticket=row.ticket_id,
        message=row.message_id,
        decided=moment(row.decided_us),
        twice=bool(row.twice) and row.first is not None,
        hidden=hidden,
        yours=row.first is None or hidden,
        first=None if hidden else _opinion(row, comments, "first"),
        second=_opinion(row, comments, "second"),
    )


def _opinion(row: Row[Any], comments: Mapping[str, str], which: str) -> Opinion | None:
    held = row._mapping
    if held[which] is None:
        return None
    entry = held[f"{which}_entry"]
    return Opinion(
        Judgement(held[which]),
        held[f"{which}_by"],
        moment(held[f"{which}_us"]),
        entry,
        comments.get(entry, ""),
    )
