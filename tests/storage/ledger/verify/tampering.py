"""Tampering with plain SQL, as somebody does who owns the file: guards off, change, guards on."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.ledger.verify import VerifyReport, verify

TABLES = (
    "audit_log",
    "audit_entry",
    "audit_chain",
    "audit_pending",
    "audit_leaf",
    "audit_tile",
    "audit_checkpoint",
    "audit_payload",
    "audit_artifact",
    "audit_index",
)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a database, and the folder of its keys."""

    file: Path
    keys: Path

    def copied(self, folder: Path) -> Copy:
        return Copy(Path(shutil.copy(self.file, folder / "copy.db")), self.keys)

    def verified(self, *, keys: bool = True) -> VerifyReport:
        return verify(f"sqlite:///{self.file}", self.keys if keys else self.keys / "none")

    @contextmanager
    def unguarded(self) -> Iterator[sqlite3.Connection]:
        """A connection with the guards gone; they are back afterwards."""
        with closing(sqlite3.connect(self.file, isolation_level=None)) as connection:
            guards = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            connection.execute("BEGIN")
            for name, _ in guards:
                connection.execute(f"DROP TRIGGER {name}")
            yield connection
            for _, statement in guards:
                connection.execute(statement)
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro&immutable=1", uri=True)) as reader:
            return reader.execute(query, values).fetchall()

    def columns(self, table: str) -> list[tuple[str, str, bool]]:
        """Name, type and whether it may be NULL."""
        rows = self.ask(f"PRAGMA table_info({table})")
        return [(name, kind, not required) for _, name, kind, required, *_ in rows]
