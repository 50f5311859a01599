"""The log: places without gaps, every entry there, the tree that was signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from storage.ledger.merkle import Frontier
from storage.ledger.signer import Memory
from storage.ledger.tables import ENTRY, INDEX, LEAF
from storage.ledger.verify.checkpoints import CheckpointCheck
from storage.ledger.verify.report import Findings
from storage.ledger.verify.snapshot import STREAM
from storage.ledger.verify.tree import TileCheck

_LEAVES = (
    select(LEAF, ENTRY.c.id, INDEX.c.ticket_id)
    .select_from(
        LEAF.outerjoin(ENTRY, ENTRY.c.id == LEAF.c.entry_id).outerjoin(
            INDEX, INDEX.c.entry_id == LEAF.c.entry_id
        )
    )
    .order_by(LEAF.c.log_index)
)


@dataclass(slots=True)
class LogCheck:
    """Checks the log. `memory` is what the signer remembers, where that can be read."""

    findings: Findings
    memory: Memory | None
    frontier: Frontier = field(default_factory=Frontier)

    def run(self, connection: Connection, checkpoints: CheckpointCheck) -> None:
        """Check all of it. After a gap the tree cannot be followed, but all else can."""
        tiles = TileCheck(self.findings, connection)
        whole = True
        for row in connection.execute(_LEAVES, execution_options=STREAM):
            self._there(row)
            if whole and row.log_index != self.frontier.size:
                whole = self._gap(row)
            if whole:
                checkpoints.before(row, self.frontier.size)
                tiles.add(row.leaf_hash)
                self.frontier.append(row.leaf_hash)
                checkpoints.grown(self.frontier)
                self._remembered()
        if not whole:
            checkpoints.rest()
            return
        tiles.end()
        checkpoints.end(self.frontier)
        self._rolled_back()

    def _there(self, row: Row[Any]) -> None:
        if row.id is None:
            self.findings.add(
                "entry-missing",
                "the log has this entry, but it is gone",
                entry=row.entry_id,
                ticket=row.ticket_id,
                log_index=row.log_index,
            )

    def _gap(self, row: Row[Any]) -> bool:
        """Either a place is empty, or, before the log's first place, somebody put a row."""
        empty = row.log_index > self.frontier.size
        size = self.frontier.size
        self.findings.add(
            "log-gap",
            f"place {size} of the log is empty, the next one taken is {row.log_index}"
            if empty
            else f"the log has no place {row.log_index}",
            entry=None if empty else row.entry_id,
            ticket=None if empty else row.ticket_id,
            log_index=size if empty else row.log_index,
        )
        return False

    def _remembered(self) -> None:
        if self.memory is None or self.memory.size != self.frontier.size:
            return
        if self.memory.root != self.frontier.root():
            self.findings.add(
                "signer-memory",
                f"the first {self.memory.size} entries are not those that the signer remembers",
                log_index=self.memory.size - 1,
            )

    def _rolled_back(self) -> None:
        if self.memory is not None and self.memory.size > self.frontier.size:
            self.findings.add(
                "signer-memory",
                f"the signer remembers {self.memory.size} entries, the log has "
                f"{self.frontier.size}: it was cut, or this is an older copy",
                log_index=self.frontier.size,
            )
