"""Running the drill: each tampering on a copy of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from frontdesk.errors import SettingsError
from storage import engines
from storage.database import default_keys
from storage.ledger.drill import copies
from storage.ledger.drill.copies import Copy
from storage.ledger.drill.tamperings import TAMPERINGS, Seen, Tampering
from storage.ledger.tables import LOG
from storage.ledger.verify.snapshot import snapshot
from storage.ledger.verify.spans import log_size

MOST_ENTRIES = 5_000
"""A longer log is not copied for every tampering: the drill makes one of its own then."""


@dataclass(frozen=True, slots=True)
class Drilled:
    """What came of one tampering; the codes are those of verify's findings."""

    name: str
    what: str
    expected: Seen
    seen: Seen
    alone: tuple[str, ...]
    outside: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether it was seen from where it must be; from nearer is better still."""
        order = list(Seen)
        return order.index(self.seen) <= order.index(self.expected)


@contextmanager
def original(url: str, keys: Path | None) -> Iterator[tuple[Copy, bool]]:
    """What the drill tampers with, and whether it is a copy of the database that is named.

    Raises:
        SettingsError: the log is not clean before anything is done to it.
    """
    with tempfile.TemporaryDirectory(prefix="frontdesk-drill-") as home:
        folder = Path(home) / "original"
        copied = _fits(url, keys)
        if copied:
            file = engines.sqlite_file(engines.parsed(url))
            assert file is not None  # noqa: S101 - that is what fits
            copy = copies.of_database(file, keys or default_keys(engines.parsed(url)), folder)
        else:
            copy = copies.made(folder)
        report = copy.verified(outside=True)
        if not report.ok:
            raise SettingsError(
                "the log is not clean before the drill began: run `frontdesk audit verify --full`"
            )
        yield copy, copied


def drill(copy: Copy) -> Iterator[Drilled]:
    """Tamper in every way there is; nothing is left of it."""
    for tampering in TAMPERINGS:
        yield tried(copy, tampering)


def tried(copy: Copy, tampering: Tampering) -> Drilled:
    """Tamper in one way."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-drill-") as home:
        victim = copy.again(Path(home) / "copy")
        tampering.act(victim)
        overdue = tampering.overdue_before_us
        alone = victim.verified(overdue_before_us=overdue)
        outside = victim.verified(outside=True, overdue_before_us=overdue)
    seen = Seen.NOT if outside.ok else Seen.OUTSIDE
    return Drilled(
        tampering.name,
        tampering.what,
        tampering.expected,
        seen if alone.ok else Seen.ALONE,
        tuple(sorted({one.code for one in alone.findings})),
        tuple(sorted({one.code for one in outside.findings} - {x.code for x in alone.findings})),
    )


def _fits(url: str, keys: Path | None) -> bool:
    """Whether there is a log here that is long enough to tamper with, and short enough to copy."""
    parts = engines.parsed(url)
    file = engines.sqlite_file(parts)
    if file is None or not file.is_file() or not (keys or default_keys(parts)).is_dir():
        return False
    with snapshot(parts) as taken:
        if taken.connection.execute(select(LOG.c.id)).first() is None:
            return False
        return copies.ENOUGH <= log_size(taken.connection) <= MOST_ENTRIES
