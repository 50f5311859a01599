"""Checking entries in several processes: most of the work, and each chain stands for itself.

Each process reads a state of the database of its own. On PostgreSQL it is the very same one; on
SQLite one that is a moment younger, which changes nothing: what is checked of a chain is all read
from one state.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import Connection, make_url, text

from frontdesk.errors import SettingsError
from storage.ledger import keys as key_folder
from storage.ledger.verify.entries import EntryCheck
from storage.ledger.verify.report import Findings
from storage.ledger.verify.rows import Span, look_up
from storage.ledger.verify.snapshot import snapshot

_RARELY = (200_000, 50, 100)

WORTH_IT = 40_000
"""Entries from which on starting processes pays."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a process is told; `shared` names the state of a PostgreSQL database to read."""

    url: str
    folder: Path | None
    origins: tuple[str, ...]
    overdue_before_us: int | None
    shared: str | None
    lenient: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What it found in a span."""

    findings: Findings
    entries: int


class Helpers:
    """The processes, and what they were asked to do."""

    def __init__(self, pool: ProcessPoolExecutor, work: Work) -> None:
        self._pool = pool
        self._work = work
        self._asked: list[Future[Checked]] = []

    def check(self, spans: Sequence[Span]) -> None:
        """Begin to check them."""
        self._asked += [self._pool.submit(checked, self._work, span) for span in spans]

    def add_to(self, findings: Findings) -> int:
        """Wait for all of them, and give the number of entries."""
        entries = 0
        for one in self._asked:
            result = one.result()
            findings.extend(result.findings)
            entries += result.entries
        return entries


@contextmanager
def helpers(work: Work) -> Iterator[Helpers]:
    """As many processes as the machine has processors."""
    pool = ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn"))
    try:
        yield Helpers(pool, work)
    finally:
        pool.shutdown(cancel_futures=True)


def exported(connection: Connection) -> str | None:
    """A name for the state that a connection reads, for others to read it too."""
    if connection.dialect.name != "postgresql":
        return None
    return str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())


def checked(work: Work, span: Span) -> Checked:
    """Check a span on a state of its own."""
    gc.set_threshold(*_RARELY)  # millions of small objects come and go, and none of them in circles
    findings = Findings()
    keys = None
    if work.folder is not None:
        keys = key_folder.load(work.folder, work.origins[-1], read_only=True)
        if keys is None:
            raise SettingsError(f"the keys in {work.folder} are gone")
    try:
        with snapshot(make_url(work.url), work.shared, lenient=work.lenient) as taken:
            look_up(taken.connection)
            check = EntryCheck(findings, work.origins, keys, work.overdue_before_us)
            check.run(taken.connection, span)
            return Checked(findings, check.checked)
    finally:
        if keys is not None:
            keys.subjects.close()
