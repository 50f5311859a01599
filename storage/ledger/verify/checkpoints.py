"""Checkpoints: signed, without gaps, listed in the log, and with the root that the tree has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, select

from storage.facts import CheckpointListed
from storage.ledger import note
from storage.ledger.merkle import Frontier
from storage.ledger.tables import CHECKPOINT, ENTRY, LEAF
from storage.ledger.verify.report import Findings
from storage.ledger.verify.rows import raw

_ALL = (
    select(
        *(CHECKPOINT.c.size, CHECKPOINT.c.seq, CHECKPOINT.c.root, CHECKPOINT.c.note),
        *(CHECKPOINT.c.note_sha256, ENTRY.c.id, ENTRY.c.leaf),
    )
    .select_from(
        CHECKPOINT.outerjoin(LEAF, LEAF.c.log_index == CHECKPOINT.c.size).outerjoin(
            ENTRY, ENTRY.c.id == LEAF.c.entry_id
        )
    )
    .order_by(CHECKPOINT.c.size)
)
_NEVER = 2**63


class CheckpointRow(NamedTuple):
    """A checkpoint, and the entry that comes next in the log: it must list the checkpoint."""

    size: int
    seq: int
    root: bytes
    note: str
    note_sha256: bytes
    next_id: str | None
    next_leaf: str | None


@dataclass(slots=True)
class CheckpointCheck:
    """Checks the checkpoints as the log grows past them.

    `vkeys` are who must have signed: the log, and before it those that it goes on for, by name.

    With `since` it begins after the checkpoint of that size, which was verified before.
    """

    findings: Findings
    connection: Connection
    vkeys: Mapping[str, str]
    since: int = 0
    last: CheckpointRow | None = None
    _rows: Iterator[CheckpointRow] = field(init=False)
    _due: CheckpointRow | None = field(init=False)
    _sound: bool = True
    _logs: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._logs = list(self.vkeys)
        query = _ALL.where(CHECKPOINT.c.size >= self.since) if self.since else _ALL
        self._rows = map(CheckpointRow._make, raw(self.connection, query))
        self._due = next(self._rows, None)
        if self.since and self._due is not None and self._due.size == self.since:
            self.last, self._due = self._due, next(self._rows, None)
            self._listed(self.last)

    @property
    def due(self) -> int:
        """The size of the log at which the next checkpoint is judged."""
        return _NEVER if self._due is None else self._due.size

    def grown(self, frontier: Frontier) -> None:
        """The log has grown: judge the checkpoints it has reached."""
        while self._due is not None and self._due.size <= frontier.size:
            row = self._taken()
            self._listed(row)
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

    def _taken(self) -> CheckpointRow:
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

    def _listed(self, row: CheckpointRow) -> None:
        """The first entry after a checkpoint must list it; after the last there may be none."""
        if row.next_leaf is not None and not _lists(row.next_leaf, row):
            self.findings.add(
                "checkpoint-drift",
                f"the log lists another checkpoint than number {row.seq}",
                entry=row.next_id,
                log_index=row.size,
            )

    def _vkey(self, text: str) -> str:
        """The key that a note must be signed with; the log that it names, or a later one, is on."""
        origin = text.partition("\n")[0]
        if origin in self._logs:
            del self._logs[: self._logs.index(origin)]
        return self.vkeys[self._logs[0]]

    def _note_problem(self, row: CheckpointRow) -> tuple[str, str] | None:
        name = f"checkpoint {row.seq} at {row.size} entries"
        try:
            stated = note.opened(row.note, self._vkey(row.note))
        except note.NoteError as error:
            return "checkpoint-signature", f"{name}: {error}"
        digest = hashlib.sha256(row.note.encode("utf-8", "surrogateescape")).digest()
        if (stated.size, stated.root, digest) != (row.size, row.root, row.note_sha256):
            return "checkpoint-drift", f"{name}: the columns say something else than its note"
        return None


def _lists(text: str, row: CheckpointRow) -> bool:
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
