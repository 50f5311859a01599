"""Checkpoints: signed, without gaps, listed in the log, and with the root that the tree has."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from storage.facts import CheckpointListed
from storage.ledger import note
from storage.ledger.merkle import Frontier
from storage.ledger.tables import CHECKPOINT, ENTRY
from storage.ledger.verify.report import Findings
from storage.ledger.verify.snapshot import STREAM

_ALL = select(CHECKPOINT).order_by(CHECKPOINT.c.size)
_LEAF = select(ENTRY.c.leaf).where(ENTRY.c.id == bindparam("entry"))


@dataclass(slots=True)
class CheckpointCheck:
    """Checks the checkpoints as the log grows past them. `vkey` is who must have signed."""

    findings: Findings
    connection: Connection
    vkey: str
    last: Row[Any] | None = None
    _rows: Any = field(init=False)
    _due: Row[Any] | None = field(init=False)
    _sound: bool = True

    def __post_init__(self) -> None:
        self._rows = iter(self.connection.execute(_ALL, execution_options=STREAM))
        self._due = next(self._rows, None)

    def before(self, leaf: Row[Any], size: int) -> None:
        """An entry is next: the first one after a checkpoint must list it."""
        if self.last is None or self.last.size != size:
            return
        text = self.connection.execute(_LEAF, {"entry": leaf.entry_id}).scalar()
        if text is not None and not _lists(text, self.last):
            self.findings.add(
                "checkpoint-drift",
                f"the log lists another checkpoint than number {self.last.seq}",
                entry=leaf.entry_id,
                log_index=leaf.log_index,
            )

    def grown(self, frontier: Frontier) -> None:
        """The log has grown: judge the checkpoints it has reached."""
        while self._due is not None and self._due.size <= frontier.size:
            row = self._taken()
            if not self._sound:
                continue
            if row.size < frontier.size or row.root != frontier.root():
                self._sound = False
                self.findings.add(
                    "root-mismatch",
                    f"the entries up to {row.size} are not those that were signed",
                    log_index=max(row.size - 1, 0),
                )

    def rest(self) -> None:
        """The log has a gap: what can be judged without the tree."""
        while self._due is not None:
            self._taken()

    def end(self, frontier: Frontier) -> None:
        """The log has ended: so must have the checkpoints, at the same size."""
        size = self.last.size if self.last is not None else 0
        if self._due is not None:
            self.findings.add(
                "truncated",
                f"the log ends after {frontier.size} entries, but {self._due.size} were signed",
                log_index=frontier.size,
            )
            self.rest()
        elif size < frontier.size:
            self.findings.add(
                "checkpoint-missing",
                f"the entries from {size} on are logged but no checkpoint covers them",
                log_index=size,
            )

    def _taken(self) -> Row[Any]:
        row, before = self._due, self.last
        assert row is not None  # noqa: S101 - callers have looked
        seq = before.seq if before is not None else 0
        if row.seq != seq + 1:
            self.findings.add(
                "checkpoint-missing",
                f"checkpoint {row.seq} follows checkpoint {seq}",
                log_index=before.size if before is not None else 0,
            )
        if problem := self._note_problem(row):
            self.findings.add(*problem, log_index=max(row.size - 1, 0))
        self.last, self._due = row, next(self._rows, None)
        return row

    def _note_problem(self, row: Row[Any]) -> tuple[str, str] | None:
        name = f"checkpoint {row.seq} at {row.size} entries"
        try:
            stated = note.opened(row.note, self.vkey)
        except note.NoteError as error:
            return "checkpoint-signature", f"{name}: {error}"
        digest = hashlib.sha256(row.note.encode("utf-8", "surrogateescape")).digest()
        if (stated.size, stated.root, digest) != (row.size, row.root, row.note_sha256):
            return "checkpoint-drift", f"{name}: the columns say something else than its note"
        return None


def _lists(text: str, row: Row[Any]) -> bool:
    try:
        leaf = json.loads(text)
        return bool(
            leaf["type"] == CheckpointListed.kind
            and leaf["body"]
            == {
                "seq": row.seq,
                "size": row.size,
                "root": row.root.hex(),
                "note_sha256": row.note_sha256.hex(),
            }
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
