"""Signing a case off: what was judged, by whom, and how bad it can be at most, on record."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from router.review_facts import CaseSigned
from storage.human_state import NotPossible
from storage.ledger.append import Appender
from storage.ledger.tables import CHECKPOINT
from storage.reviews import sampling
from storage.reviews.records import append, by
from storage.reviews.standing import standing
from storage.reviews.tables import CASE, CaseState

SHORTEST = 10
"""Characters: a statement says something."""


def sign(connection: Connection, appender: Appender, person: str, case: str, statement: str) -> str:
    """Sign a case off; give the entry of the sign-off.

    It is bound to two checkpoints: the one that the sample was drawn with, and the newest one.

    Raises:
        NotPossible: it is signed, not all is judged, or the statement says nothing.
    """
    row = connection.execute(select(CASE).where(CASE.c.id == case).with_for_update()).one_or_none()
    if row is None:
        raise NotPossible("no_such_case")
    if row.state == CaseState.SIGNED:
        raise NotPossible("signed", row.signed_by)
    stands = standing(connection, case)
    if row.state != CaseState.DRAWN or not stands.ready:
        raise NotPossible("not_all_judged")
    if len(statement.strip()) < SHORTEST:
        raise NotPossible("no_statement")
    newest = connection.execute(
        select(CHECKPOINT).order_by(CHECKPOINT.c.size.desc()).limit(1)
    ).one()
    drawn_with = select(CHECKPOINT.c.root).where(CHECKPOINT.c.size == row.checkpoint_size)
    fact = CaseSigned(
        **by(person),
        case=case,
        reviewers=stands.reviewers,
        reviewed=stands.judged,
        population=row.population,
        failures=stands.failures,
        bound_bp=stands.bound_bp or 0,
        confidence_bp=stands.confidence_bp,
        kappa_bp=stands.kappa_bp,
        checkpoint_seq=newest.seq,
        size=newest.size,
        root=newest.root.hex(),
        lot=sampling.lot(appender.keys, case).hex(),
        sample_root=connection.execute(drawn_with).scalar_one().hex(),
        texts={"statement": statement.strip()},
    )
    entry = append(connection, appender, fact)
    values = {"state": CaseState.SIGNED, "signed_entry": entry.id, "signed_by": person}
    signed = update(CASE).where(CASE.c.id == case).values(**values, signed_us=entry.rec_us)
    connection.execute(signed)
    return entry.id
