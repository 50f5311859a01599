"""Tiles: each must hold the hashes that the log's leaves make, and there must be no others."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, select

from storage.ledger import tiles
from storage.ledger.tables import TILE
from storage.ledger.verify.report import Findings
from storage.ledger.verify.rows import raw

_TILE = select(TILE.c.hashes, TILE.c.root).where(
    TILE.c.level == bindparam("level"), TILE.c.idx == bindparam("idx")
)
_NAMES = select(TILE.c.level, TILE.c.idx)
_HASH = 32


@dataclass(slots=True)
class TileCheck:
    """Recomputes the tiles from the leaves, one hash after the other."""

    findings: Findings
    connection: Connection
    _open: list[list[bytes]] = field(default_factory=lambda: [[]])
    _full: list[int] = field(default_factory=lambda: [0])

    @classmethod
    def since(cls, findings: Findings, connection: Connection, size: int) -> TileCheck:
        """Go on from a tree of `size` leaves, which was verified before."""
        check = cls(findings, connection)
        if not size:
            return check
        perfect = tiles.reader(connection)
        check._open, check._full = [], []
        while size or not check._open:
            first = size >> tiles.HEIGHT << tiles.HEIGHT
            level = len(check._open) * tiles.HEIGHT
            check._open.append([perfect(level, index) for index in range(first, size)])
            check._full.append(size >> tiles.HEIGHT)
            size >>= tiles.HEIGHT
        return check

    def add(self, leaf: bytes) -> None:
        """The log's next leaf."""
        level, node = 0, leaf
        self._open[0].append(node)
        while len(self._open[level]) == tiles.WIDTH:
            hashes = self._open[level]
            node = tiles.fold(hashes)
            self._compare(level, self._full[level], hashes, node)
            self._full[level] += 1
            self._open[level] = []
            level += 1
            if level == len(self._open):
                self._open.append([])
                self._full.append(0)
            self._open[level].append(node)

    def end(self) -> None:
        """No more leaves: tiles beyond are not from this log."""
        for level, idx in raw(self.connection, _NAMES):
            known = level in range(len(self._full)) and idx in range(self._full[level])
            if not known:
                self.findings.add("tile-drift", f"tile {idx} of level {level} is not the log's")

    def _compare(self, level: int, idx: int, hashes: list[bytes], root: bytes) -> None:
        row = self.connection.execute(_TILE, {"level": level, "idx": idx}).one_or_none()
        first = idx << tiles.HEIGHT * (level + 1)
        if row is None:
            self.findings.add(
                "tile-drift", f"tile {idx} of level {level} is missing", log_index=first
            )
        elif row.hashes != b"".join(hashes) or row.root != root:
            at = next(
                (
                    number
                    for number, one in enumerate(hashes)
                    if row.hashes[number * _HASH : (number + 1) * _HASH] != one
                ),
                0,
            )
            self.findings.add(
                "tile-drift",
                f"tile {idx} of level {level} does not have the hashes of its entries",
                log_index=first + (at << tiles.HEIGHT * level),
            )
