"""Reviews on one store: what reviewers do and are shown, each in one call."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from router.review_facts import CaseQuery
from storage.reviews import (
    brief,
    charts,
    comments,
    findings,
    judging,
    opening,
    queue,
    sampling,
    scan,
    signing,
    standing,
    views,
)
from storage.reviews.brief import Brief
from storage.reviews.charts import DayFigures
from storage.reviews.comments import Annotation
from storage.reviews.findings import FindingRow, NewFinding
from storage.reviews.judging import NewOpinion
from storage.reviews.queue import QueueRow
from storage.reviews.standing import Board, Standing
from storage.reviews.tables import CASE, ITEM, CaseState
from storage.reviews.views import CaseRow, ItemView
from storage.store import SqlStore

_TRIES = 20
_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A case's sample, computed afresh. `same` is whether it is the one that was judged."""

    case: str
    checkpoint_size: int
    root: str
    seed: str
    population: int
    population_digest: str
    sample: tuple[str, ...]
    same: bool


class Reviews:
    """The reviews of one store. Persons are references, as `Humans.ref` gives them."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def open(self, person: str, query: CaseQuery, wanted: int) -> str:
        """Open a case and draw its items; give its name.

        Where no checkpoint is signed within two seconds the case stays open, to be drawn later.

        Raises:
            NotPossible: so many items are not possible.
            StoreError: nothing was recorded.
        """
        await self._store.sequence()
        await self.catch_up()
        case = await self._store.write(
            lambda connection, appender: opening.open_case(
                connection, appender, person, query, wanted
            )
        )
        for _ in range(_TRIES):
            if await self.draw(case):
                break
            await asyncio.sleep(_PAUSE)
        return case

    async def draw(self, case: str) -> bool:
        """Draw a case's items; False while no checkpoint was signed since it was opened."""
        await self._store.sequence()
        return await self._store.write(
            lambda connection, appender: opening.draw(connection, appender, case)
        )

    async def redraw(self, name: str) -> Redrawn | None:
        """Compute a case's sample afresh from the log; None if it was not drawn yet."""

        def job(connection: Connection) -> Redrawn | None:
            case = views.one_case(connection, name).id
            row = connection.execute(select(CASE).where(CASE.c.id == case)).one()
            drawn = opening.drawn_from(connection, row)
            if drawn is None:
                return None
            checkpoint, found, sample = drawn
            kept = select(ITEM.c.entry_id).where(ITEM.c.case_id == case).order_by(ITEM.c.position)
            return Redrawn(
                case,
                checkpoint.size,
                checkpoint.root.hex(),
                sampling.seed(checkpoint.root, case).hex(),
                len(found),
                sampling.digest(found),
                tuple(sample),
                list(connection.execute(kept).scalars()) == sample,
            )

        return await self._store.read(job)

    async def judge(self, person: str, place: tuple[str, int], opinion: NewOpinion) -> str:
        """Put a verdict on an item; see `judging.judge`."""
        return await self._store.write(
            lambda connection, appender: judging.judge(connection, appender, person, place, opinion)
        )

    async def sign(self, person: str, case: str, statement: str) -> str:
        """Sign a case off, on a checkpoint that has every verdict below it; see `signing.sign`."""
        await self._store.sequence()
        entry = await self._store.write(
            lambda connection, appender: signing.sign(connection, appender, person, case, statement)
        )
        await self._store.sequence()
        return entry

    async def cases(
        self, *, state: CaseState | None = None, limit: int = 50, after: str = ""
    ) -> tuple[CaseRow, ...]:
        """Cases, newest first."""
        return await self._store.read(
            lambda connection: views.cases(connection, state=state, limit=limit, after=after)
        )

    async def case(self, name: str, viewer: str) -> tuple[CaseRow, tuple[ItemView, ...], Standing]:
        """A case, its items as `viewer` sees them, and where it stands.

        Raises:
            NotPossible: there is no such case.
        """

        def job(connection: Connection) -> tuple[CaseRow, tuple[ItemView, ...], Standing]:
            case = views.one_case(connection, name)
            seen = views.items(connection, self._store.keys, case.id, viewer)
            return case, seen, standing.standing(connection, case.id)

        return await self._store.read(job)

    async def brief(self, entry: str) -> Brief:
        """A decision in brief, with the texts that belong to it.

        Raises:
            NotPossible: `entry` is no decision.
        """
        return await self._store.read(
            lambda connection: brief.brief(connection, self._store.keys, entry)
        )

    async def board(self) -> Board:
        """How reviewing goes, over all cases."""
        return await self._store.read(standing.board)

    async def open_finding(self, person: str, found: NewFinding) -> str:
        """Put a finding on record; see `findings.open_finding`."""
        return await self._store.write(
            lambda connection, appender: findings.open_finding(connection, appender, person, found)
        )

    async def change_finding(
        self,
        person: str,
        name: str,
        *,
        owner: str | None = None,
        due: datetime | None = None,
        action: str = "",
    ) -> None:
        """Give a finding another owner, day or action; see `findings.change`."""
        await self._store.write(
            lambda connection, appender: findings.change(
                connection, appender, person, name, owner=owner, due=due, action=action
            )
        )

    async def close_finding(
        self, person: str, name: str, resolution: str, change: str | None = None
    ) -> None:
        """Close a finding; see `findings.close`."""
        await self._store.write(
            lambda connection, appender: findings.close(
                connection, appender, person, name, resolution, changed_by=change
            )
        )

    async def findings(self, *, closed: bool = False) -> tuple[FindingRow, ...]:
        """The open findings, the most urgent first; or the closed ones."""
        return await self._store.read(
            lambda connection: findings.findings(connection, self._store.keys, closed=closed)
        )

    async def annotate(self, person: str, about: str, comment: str) -> str:
        """Comment on an entry; see `comments.annotate`."""
        return await self._store.write(
            lambda connection, appender: comments.annotate(
                connection, appender, person, about, comment
            )
        )

    async def annotations(self, about: str) -> tuple[Annotation, ...]:
        """All comments on an entry, oldest first."""
        return await self._store.read(
            lambda connection: comments.comments_on(connection, self._store.keys, about)
        )

    async def sealed(self, entries: Collection[str], viewer: str = "") -> frozenset[str]:
        """Which of these entries show no texts to `viewer` yet; see `views.sealed`."""
        return await self._store.read(lambda connection: views.sealed(connection, entries, viewer))

    async def queue(self, rule: str, *, limit: int = 50, after: str = "") -> tuple[QueueRow, ...]:
        """What waits under a rule of the queue, newest first."""
        return await self._store.read(
            lambda connection: queue.queue(
                connection, self._store.keys, rule, limit=limit, after=after
            )
        )

    async def queue_counts(self) -> dict[str, int]:
        """How many wait under each rule."""
        return await self._store.read(queue.counts)

    async def days(
        self, first: date, last: date, specialist: str | None = None
    ) -> list[DayFigures]:
        """Figures by day."""
        return await self._store.read(
            lambda connection: charts.by_day(connection, first, last, specialist)
        )

    async def specialists(self, first: date, last: date) -> dict[str, DayFigures]:
        """Figures by specialist."""
        return await self._store.read(
            lambda connection: charts.by_specialist(connection, first, last)
        )

    async def rebuild(self) -> None:
        """Make the queue and the charts again, from the whole log."""
        await self._store.write(lambda connection, appender: scan.rebuild(connection))
        await self.catch_up()

    async def catch_up(self) -> None:
        """Read what the log got since the last time, for the queue and the charts."""
        while await self._store.write(lambda connection, appender: scan.scan(connection)):
            pass
