"""Verify: show that the audit trail is what was written, or name the first entry that is not.

It reads one state of the database and changes nothing. What it proves rests on what lies outside
of the database: the MAC and signing keys, and the signer's memory. Without the key folder it still
checks every hash, chain, column and payload digest, and says what it had to leave out. Whoever has
the database and all keys can still rewrite both; only a checkpoint kept elsewhere shows that.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from frontdesk.errors import SettingsError, StoreError
from storage import engines
from storage.database import HEAD, default_keys, schema
from storage.ledger import keys as key_folder
from storage.ledger.keys import Keys
from storage.ledger.merkle import EMPTY_ROOT
from storage.ledger.signer import Memory, remembered
from storage.ledger.tables import LOG
from storage.ledger.verify.checkpoints import CheckpointCheck
from storage.ledger.verify.entries import EntryCheck
from storage.ledger.verify.log import LogCheck
from storage.ledger.verify.report import AuditFinding, Findings, VerifyReport
from storage.ledger.verify.snapshot import snapshot
from storage.ledger.verify.strays import StrayCheck, missing_tables

__all__ = ["AuditFinding", "VerifyReport", "verify"]

_NO_KEYS = (
    "origin MACs, the ends of chains, text commitments and the signer's memory: the key folder has "
    "no keys for this log",
    "who signed the checkpoints: checked against the public key that the database itself names",
)


def verify(
    url: str, keys: Path | None = None, *, overdue_before_us: int | None = None
) -> VerifyReport:
    """Verify the audit trail of a database. Blocks; memory stays bounded whatever its size.

    `keys` is the key folder, for SQLite `frontdesk.keys` beside the file unless given. Entries
    that wait for their place in the log are no finding: a process that was killed leaves some, and
    the next one sequences them. With `overdue_before_us` (microseconds since 1970) those that wait
    since before then are one.

    Raises:
        SettingsError: the database cannot be opened, or has another schema.
    """
    parts = engines.parsed(url)
    if keys is None and engines.sqlite_file(parts) is not None:
        keys = default_keys(parts)
    while True:
        taken = None
        try:
            with snapshot(parts) as taken:
                report = _verified(taken.connection, keys, overdue_before_us)
        except (DBAPIError, sqlite3.Error) as error:
            if taken is None or not taken.torn:
                reason = str(getattr(error, "orig", error)).partition("\n")[0]
                raise SettingsError(f"the database cannot be verified: {reason}") from error
        else:
            if not taken.torn:
                return report


def _verified(
    connection: Connection, folder: Path | None, overdue_before_us: int | None
) -> VerifyReport:
    findings = Findings()
    if (found := schema(connection)) != HEAD:
        raise SettingsError(f"the database has schema {found or 'none'}, this version needs {HEAD}")
    if missing := missing_tables(connection):
        for name in missing:
            findings.add("table-missing", f"the table {name} is gone")
        return _report(findings, 0, (), None)
    return _checked(connection, findings, folder, overdue_before_us)


def _checked(
    connection: Connection, findings: Findings, folder: Path | None, overdue_before_us: int | None
) -> VerifyReport:
    logs = connection.execute(select(LOG)).all()
    if [log.id for log in logs] != [1]:
        findings.add("log-identity", f"audit_log has {len(logs)} rows instead of row 1 alone")
        return _report(findings, 0, ("everything: the log has no name",), None)
    keys, memory = _keys(findings, folder, logs[0].origin)
    if keys is not None and logs[0].vkey != keys.vkey:
        findings.add("log-identity", "audit_log names another public key than the key folder")
    # What the signer remembers was read first: so it cannot be ahead of the state that is judged.
    connection.rollback()
    try:
        entries = EntryCheck(findings, logs[0].origin, keys, overdue_before_us)
        entries.run(connection)
        vkey = logs[0].vkey if keys is None else keys.vkey
        checkpoints = CheckpointCheck(findings, connection, vkey)
        LogCheck(findings, memory).run(connection, checkpoints)
        StrayCheck(findings, keys).run(connection)
    finally:
        if keys is not None:
            keys.subjects.close()
    return _report(findings, entries.checked, () if keys else _NO_KEYS, checkpoints)


def _keys(
    findings: Findings, folder: Path | None, origin: str
) -> tuple[Keys | None, Memory | None]:
    if folder is None:
        return None, None
    try:
        keys = key_folder.load(folder, origin, read_only=True)
        return keys, remembered(keys.folder) if keys else None
    except (SettingsError, StoreError) as error:
        findings.add("log-identity", str(error))
        return None, None


def _report(
    findings: Findings, checked: int, skipped: tuple[str, ...], checkpoints: CheckpointCheck | None
) -> VerifyReport:
    last = checkpoints.last if checkpoints else None
    return VerifyReport(
        ok=findings.count == 0,
        checked=checked,
        findings=findings.sorted(),
        found=findings.count,
        skipped=skipped,
        size=last.size if last is not None else 0,
        root=(last.root if last is not None else EMPTY_ROOT).hex(),
    )
