"""Which decisions a case is about: the entries that its query finds below a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, select

from router.facts import RouteDecided
from router.review_facts import CaseQuery
from storage.ledger.tables import CHECKPOINT, INDEX, LEAF
from storage.reviews.tables import FLAG, ITEM


def entries(connection: Connection, query: CaseQuery, size: int, opened_us: int) -> Sequence[str]:
    """The decisions that `query` finds among the first `size` entries of the log, in its order.

    A rule finds those that nobody had judged when the case was opened.
    """
    return connection.execute(_found(query, size, opened_us)).scalars().all()


def described(connection: Connection, ids: Sequence[str]) -> dict[str, Any]:
    """What a case keeps of its items."""
    columns = (INDEX.c.entry_id, INDEX.c.ticket_id, INDEX.c.message_id, INDEX.c.rec_us)
    rows = connection.execute(select(*columns).where(INDEX.c.entry_id.in_(ids)))
    return {row.entry_id: row for row in rows}


def checkpoint_after(connection: Connection, entry: str) -> Row[Any] | None:
    """The first checkpoint that has `entry` below it; None while there is none."""
    place = select(LEAF.c.log_index).where(LEAF.c.entry_id == entry).scalar_subquery()
    query = select(CHECKPOINT).where(CHECKPOINT.c.size > place).order_by(CHECKPOINT.c.size)
    return connection.execute(query.limit(1)).one_or_none()


def _found(query: CaseQuery, size: int, opened_us: int) -> Select[Any]:
    statement = (
        select(INDEX.c.entry_id)
        .join(LEAF, LEAF.c.entry_id == INDEX.c.entry_id)
        .where(INDEX.c.kind == RouteDecided.kind, LEAF.c.log_index < size)
        .order_by(LEAF.c.log_index)
    )
    if query.since_us:
        statement = statement.where(INDEX.c.rec_us >= query.since_us)
    if query.until_us is not None:
        statement = statement.where(INDEX.c.rec_us < query.until_us)
    if query.specialist is not None:
        statement = statement.where(INDEX.c.specialist == query.specialist)
    if query.below_bp is not None:
        statement = statement.where(INDEX.c.confidence_bp < query.below_bp)
    if query.rule is not None:
        statement = statement.where(_flagged(query.rule, size), ~_judged(opened_us))
    return statement


def _flagged(rule: str, size: int) -> ColumnElement[bool]:
    """Whether the rule held for the message by then: what came later changes no sample."""
    hit = LEAF.alias()
    return exists().where(
        FLAG.c.rule == rule,
        FLAG.c.message_id == INDEX.c.message_id,
        hit.c.entry_id == FLAG.c.entry_id,
        hit.c.log_index < size,
    )


def _judged(opened_us: int) -> ColumnElement[bool]:
    """Whether somebody had judged the message by then."""
    return exists().where(ITEM.c.message_id == INDEX.c.message_id, ITEM.c.first_us < opened_us)
