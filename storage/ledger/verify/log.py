"""The log: places without gaps, every entry there, the tree that was signed."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from storage.ledger.merkle import Frontier
from storage.ledger.signer import Memory
from storage.ledger.tables import ENTRY, INDEX, LEAF
from storage.ledger.verify.checkpoints import CheckpointCheck
from storage.ledger.verify.report import Findings
from storage.ledger.verify.rows import raw
from storage.ledger.verify.tree import TileCheck

_LEAVES = select(LEAF.c.log_index, LEAF.c.entry_id, LEAF.c.leaf_hash).order_by(LEAF.c.log_index)
_WITHOUT_ENTRY = (
    select(LEAF.c.log_index, LEAF.c.entry_id, INDEX.c.ticket_id)
    .select_from(
        LEAF.outerjoin(ENTRY, ENTRY.c.id == LEAF.c.entry_id).outerjoin(
            INDEX, INDEX.c.entry_id == LEAF.c.entry_id
        )
    )
    .where(ENTRY.c.id.is_(None))
    .order_by(LEAF.c.log_index)
)

Place = tuple[int, str, bytes]


@dataclass(slots=True)
class LogCheck:
    """Checks the log from `frontier` on, which stands for what was verified before.

    `memory` is what the signer remembers, where that can be read. `roots` has the sizes at which
    somebody wants to know the root; they are filled in.
    """

    findings: Findings
    memory: Memory | None
    frontier: Frontier = field(default_factory=Frontier)
    roots: dict[int, bytes] = field(default_factory=dict)

    def run(self, connection: Connection, checkpoints: CheckpointCheck) -> None:
        """Check all of it. After a gap the tree cannot be followed, but all else can."""
        first = self.frontier.size
        self._there(connection, first)
        tiles = TileCheck.since(self.findings, connection, first)
        later = LEAF.c.log_index >= first
        leaves = raw(connection, _LEAVES.where(later) if first else _LEAVES)
        for index, entry, hashed in leaves:
            if index != self.frontier.size:
                self._gap((index, entry, hashed))
                checkpoints.rest()
                return
            tiles.add(hashed)
            self.frontier.append(hashed)
            if self.frontier.size in self.roots:
                self.roots[self.frontier.size] = self.frontier.root()
            if checkpoints.due <= self.frontier.size:
                checkpoints.grown(self.frontier)
            if self.memory is not None and self.memory.size == self.frontier.size:
                self._remembered(self.memory)
        checkpoints.grown(self.frontier)
        tiles.end()
        checkpoints.end(self.frontier)
        self._rolled_back()

    def _there(self, connection: Connection, first: int) -> None:
        gone = _WITHOUT_ENTRY.where(LEAF.c.log_index >= first) if first else _WITHOUT_ENTRY
        for index, entry, ticket in raw(connection, gone):
            self.findings.add(
                "entry-missing",
                "the log has this entry, but it is gone",
                entry=entry,
                ticket=ticket,
                log_index=index,
            )

    def _gap(self, place: Place) -> None:
        """Either a place is empty, or, before the log's first place, somebody put a row."""
        index, entry, _ = place
        size = self.frontier.size
        if index > size:
            says = f"place {size} of the log is empty, the next one taken is {index}"
            self.findings.add("log-gap", says, log_index=size)
        else:
            says = f"the log has no place {index}"
            self.findings.add("log-gap", says, entry=entry, log_index=index)

    def _remembered(self, memory: Memory) -> None:
        if memory.root != self.frontier.root():
            self.findings.add(
                "signer-memory",
                f"the first {memory.size} entries are not those that the signer remembers",
                log_index=memory.size - 1,
            )

    def _rolled_back(self) -> None:
        if self.memory is not None and self.memory.size > self.frontier.size:
            self.findings.add(
                "signer-memory",
                f"the signer remembers {self.memory.size} entries, the log has "
                f"{self.frontier.size}: it was cut, or this is an older copy",
                log_index=self.frontier.size,
            )
