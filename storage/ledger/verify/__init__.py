"""Verify: show that the audit trail is what was written, or name the first entry that is not.

It reads one state of the database and changes nothing. What it proves rests on what lies outside
of the database: the MAC and signing keys, and the signer's memory. Without the key folder it still
checks every hash, chain, column and payload digest, and says what it had to leave out. Whoever has
the database and all keys can still rewrite both; only a checkpoint kept elsewhere shows that.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from frontdesk.errors import SettingsError
from storage import engines
from storage.database import default_keys
from storage.ledger.verify.report import AuditFinding, VerifyReport
from storage.ledger.verify.run import Wanted, verified
from storage.ledger.verify.snapshot import snapshot

__all__ = ["AuditFinding", "VerifyReport", "verify"]

_NOT_UTF8 = "Could not decode to UTF-8"


def verify(
    url: str,
    keys: Path | None = None,
    *,
    overdue_before_us: int | None = None,
    since: int | None = 0,
    against: Path | None = None,
) -> VerifyReport:
    """Verify the audit trail of a database. Blocks; memory stays bounded whatever its size.

    `keys` is the key folder, for SQLite `frontdesk.keys` beside the file unless given. Entries
    that wait for their place in the log are no finding: a process that was killed leaves some, and
    the next one sequences them. With `overdue_before_us` (microseconds since 1970) those that wait
    since before then are one.

    With `since` the first entries of the log, so many, are taken as they were when they were
    verified last, down to a checkpoint; None stands for all that were. `against` is a file of
    signed notes or of public keys that somebody else has kept: the log must agree with all notes
    in it, and be signed with the keys in it.

    Raises:
        SettingsError: the database cannot be opened, or has another schema, or a file is not there.
    """
    parts = engines.parsed(url)
    if keys is None and engines.sqlite_file(parts) is not None:
        keys = default_keys(parts)
    wanted = Wanted(parts, keys, overdue_before_us, since, against)
    while True:
        taken = None
        try:
            with snapshot(parts, lenient=wanted.lenient) as taken:
                report = verified(taken.connection, wanted)
        except (DBAPIError, sqlite3.Error) as error:
            reason = str(getattr(error, "orig", error)).partition("\n")[0]
            if not wanted.lenient and _NOT_UTF8 in reason:
                wanted = replace(wanted, lenient=True)
            elif taken is None or not taken.torn:
                raise SettingsError(f"the database cannot be verified: {reason}") from error
        else:
            if not taken.torn:
                return report
