"""What a case's verdicts come to: counts, the bound, how far reviewers agree, how long it took."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, select

from router.review_facts import Judgement
from storage.reviews.bounds import CONFIDENCE_BP, kappa, share_up, upper_bound
from storage.reviews.tables import CASE, ITEM


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands. A decision is a failure if any opinion on it says so.

    `settled` items wait for no opinion; failures and counts are among them only, so that they do
    not tell a second reviewer what the first one said.

    `bound_bp` is the upper bound of the share of failures; where the whole population was judged
    it is that share itself, and `complete` is true.
    """

    items: int
    judged: int
    settled: int
    open_seconds: int
    failures: int
    counts: dict[Judgement, int] = field(default_factory=dict)
    reviewers: tuple[str, ...] = ()
    complete: bool = False
    bound_bp: int | None = None
    confidence_bp: int = CONFIDENCE_BP
    pairs: int = 0
    agreed: int = 0
    kappa_bp: int | None = None

    @property
    def ready(self) -> bool:
        """Whether the case can be signed off."""
        return self.items > 0 and self.judged == self.items and not self.open_seconds


@dataclass(frozen=True, slots=True)
class Board:
    """How reviewing goes, over all cases. Times are microseconds from decision to verdict."""

    judged: int
    failures: int
    pairs: int
    agreed: int
    kappa_bp: int | None
    median_us: int | None
    slowest_us: int | None


def standing(connection: Connection, case: str) -> Standing:
    """Where a case stands."""
    rows = connection.execute(select(ITEM).where(ITEM.c.case_id == case)).all()
    worst = [_worst(row.first, row.second) for row in rows if _is_settled(row)]
    failures = sum(one is not Judgement.CORRECT for one in worst)
    pairs = [_pair(row.first, row.second) for row in rows if row.second is not None]
    population = connection.execute(select(CASE.c.population).where(CASE.c.id == case)).scalar()
    complete = bool(rows) and population == len(worst)
    people = {person for row in rows for person in (row.first_by, row.second_by) if person}
    return Standing(
        items=len(rows),
        judged=sum(row.first is not None for row in rows),
        settled=len(worst),
        open_seconds=sum(row.first is not None and not _is_settled(row) for row in rows),
        failures=failures,
        counts={one: worst.count(one) for one in Judgement},
        reviewers=tuple(sorted(people)),
        complete=complete,
        bound_bp=_bound(failures, len(worst), complete),
        pairs=len(pairs),
        agreed=sum(first is second for first, second in pairs),
        kappa_bp=kappa(pairs),
    )


def board(connection: Connection) -> Board:
    """How reviewing goes, over all cases."""
    judged = ITEM.c.first.is_not(None)
    wrong = (ITEM.c.first != Judgement.CORRECT) | (
        func.coalesce(ITEM.c.second, Judgement.CORRECT) != Judgement.CORRECT
    )
    settled = judged & ((ITEM.c.twice == 0) | ITEM.c.second.is_not(None))
    count = select(func.count()).select_from(ITEM)
    both = select(ITEM.c.first, ITEM.c.second).where(ITEM.c.second.is_not(None))
    pairs = [_pair(*row) for row in connection.execute(both)]
    took = ITEM.c.first_us - ITEM.c.decided_us
    times = connection.execute(select(took).where(judged).order_by(took)).scalars().all()
    return Board(
        judged=connection.execute(count.where(judged)).scalar_one(),
        failures=connection.execute(count.where(settled, wrong)).scalar_one(),
        pairs=len(pairs),
        agreed=sum(first is second for first, second in pairs),
        kappa_bp=kappa(pairs),
        median_us=times[len(times) // 2] if times else None,
        slowest_us=times[-1] if times else None,
    )


def _is_settled(row: Row[Any]) -> bool:
    return row.first is not None and (not row.twice or row.second is not None)


def _worst(first: str, second: str | None) -> Judgement:
    """The opinion that counts: whichever finds more wrong."""
    order = list(Judgement)
    return max((Judgement(one) for one in (first, second) if one), key=order.index)


def _pair(first: str, second: str) -> tuple[Judgement, Judgement]:
    return Judgement(first), Judgement(second)


def _bound(failures: int, judged: int, complete: bool) -> int | None:
    if not judged:
        return None
    return share_up(failures, judged) if complete else upper_bound(failures, judged)
