"""What verifications by the desk found: kept, so that every page can say when the last one was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from storage.conversations import moment
from storage.facts import AUDIT
from storage.ledger.append import Appender
from storage.ledger.verify import AuditFinding, VerifyReport
from storage.overview.facts import LogVerified
from storage.people.tables import VERIFY_RUN
from storage.store import SqlStore

MOST_KEPT = 200
"""Findings that are kept of a verification, the first ones."""


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What a verification found. `whole` if it read everything; `found` counts all findings."""

    at: datetime
    took_us: int
    whole: bool
    checked: int
    found: int
    size: int
    root: str
    findings: tuple[AuditFinding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was altered."""
        return self.found == 0


async def keep_result(
    store: SqlStore, report: VerifyReport, *, took_us: int, whole: bool, by: str
) -> None:
    """Put on record, and keep, what a verification found."""
    findings = json.dumps([asdict(one) for one in report.findings[:MOST_KEPT]])
    figures: dict[str, Any] = {
        "took_us": took_us,
        "checked": report.checked,
        "found": report.found,
        "size": report.size,
        "root": report.root,
    }
    fact = LogVerified(ticket=AUDIT, actor=by, whole=whole, **figures)

    def job(connection: Connection, appender: Appender) -> None:
        (entry,) = appender.append(connection, (fact,))
        row = {"at_us": entry.rec_us, "whole": int(whole), "findings": findings, **figures}
        connection.execute(insert(VERIFY_RUN), row)

    await store.write(job)


async def results(store: SqlStore, limit: int = 20) -> Sequence[VerifyResult]:
    """The latest verifications, newest first."""
    query = select(VERIFY_RUN).order_by(VERIFY_RUN.c.at_us.desc()).limit(limit)
    return await store.read(lambda db: [result(row) for row in db.execute(query)])


async def last_whole(store: SqlStore) -> datetime | None:
    """When everything was verified last; None if it never was."""
    query = select(func.max(VERIFY_RUN.c.at_us)).where(VERIFY_RUN.c.whole == 1)
    at_us = await store.read(lambda db: db.execute(query).scalar())
    return None if at_us is None else moment(at_us)


def last_result(connection: Connection) -> VerifyResult | None:
    """The latest verification."""
    query = select(VERIFY_RUN).order_by(VERIFY_RUN.c.at_us.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else result(row)


def result(row: Row[Any]) -> VerifyResult:
    """A verification as it stands in its table."""
    return VerifyResult(
        at=moment(row.at_us),
        took_us=row.took_us,
        whole=bool(row.whole),
        checked=row.checked,
        found=row.found,
        size=row.size,
        root=row.root,
        findings=tuple(AuditFinding(**one) for one in json.loads(row.findings)),
    )
