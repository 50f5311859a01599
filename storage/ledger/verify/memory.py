"""What was verified last: the size and root, kept beside the keys, to go on from there.

It lies outside of the database, so whoever changes the database cannot move it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from storage import engines
from storage.database import default_keys
from storage.ledger.keys import load
from storage.ledger.signer import Memory
from storage.ledger.tables import newest_log
from storage.ledger.verify.report import VerifyReport
from storage.ledger.verify.snapshot import snapshot

FILE = "verified.state"


def last_verified(folder: Path) -> Memory | None:
    """The last log that was found unaltered; None if none was, or nobody can tell."""
    try:
        state = json.loads((folder / FILE).read_text(encoding="ascii"))
        return Memory(int(state["size"]), bytes.fromhex(state["root"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember_verified(folder: Path, memory: Memory) -> None:
    """Keep it, unless a longer one is known; a folder that cannot be written to is left alone."""
    known = last_verified(folder)
    if known is not None and known.size >= memory.size:
        return
    draft = folder / f".{FILE}.{os.getpid()}"
    try:
        draft.write_text(json.dumps({"size": memory.size, "root": memory.root.hex()}), "ascii")
        draft.chmod(0o600)
        draft.replace(folder / FILE)
    except OSError:
        draft.unlink(missing_ok=True)


def remember(url: str, folder: Path | None, report: VerifyReport) -> None:
    """Remember that a log was found unaltered, if all of it was looked at with the keys at hand.

    Raises:
        SettingsError: the database or its key folder are not there.
    """
    complete = all(skipped.startswith(("the first ", "what ")) for skipped in report.skipped)
    if not report.ok or not complete or not report.size:
        return
    parts = engines.parsed(url)
    with snapshot(parts) as taken:
        origin = taken.connection.execute(newest_log()).one().origin
    keys = load(folder or default_keys(parts), origin, read_only=True)
    if keys is not None:
        keys.subjects.close()
        remember_verified(keys.folder, Memory(report.size, bytes.fromhex(report.root)))
