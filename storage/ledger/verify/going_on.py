"""Verifying again and again: each time from where the last one ended."""

from __future__ import annotations

from pathlib import Path

from storage.ledger.verify import verify
from storage.ledger.verify.memory import remember
from storage.ledger.verify.report import VerifyReport


def verify_on(
    url: str, folder: Path | None = None, *, since: int | None = None, against: Path | None = None
) -> VerifyReport:
    """Verify, from what was verified last on unless `since` says from where; then remember it.

    If anything is found, all is looked at, to name the first bad entry wherever it is.

    Raises:
        SettingsError: the database cannot be verified.
    """
    report = verify(url, folder, since=since, against=against)
    if report.since and not report.ok:
        report = verify(url, folder, against=against)
    remember(url, folder, report)
    return report
