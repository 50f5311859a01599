"""The Merkle tree in the database: tiles of 256 hashes, written when they are full.

A tile of level 0 holds the hashes of 256 leaves, a tile of level n+1 those of 256 tiles of level n.
What is not yet in a tile is read from the rows below it: at most 255 hashes a level.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import Connection, bindparam, insert, select

from storage.ledger.merkle import Perfect, node_hash
from storage.ledger.tables import LEAF, TILE

HEIGHT = 8
WIDTH = 1 << HEIGHT
_HASH = 32

_TILE = select(TILE.c.hashes).where(
    TILE.c.level == bindparam("level"), TILE.c.idx == bindparam("idx")
)
_LEAVES = (
    select(LEAF.c.leaf_hash)
    .where(LEAF.c.log_index.between(bindparam("first"), bindparam("last")))
    .order_by(LEAF.c.log_index)
)
_ROOTS = (
    select(TILE.c.root)
    .where(
        TILE.c.level == bindparam("level"),
        TILE.c.idx.between(bindparam("first"), bindparam("last")),
    )
    .order_by(TILE.c.idx)
)


def reader(connection: Connection) -> Perfect:
    """The hashes of full subtrees, each tile read once."""

    @cache
    def tile(level: int, idx: int) -> list[bytes]:
        full = connection.execute(_TILE, {"level": level, "idx": idx}).scalar()
        if full is not None:
            return [full[at : at + _HASH] for at in range(0, len(full), _HASH)]
        span = {"first": idx * WIDTH, "last": idx * WIDTH + WIDTH - 1}
        if level == 0:
            return list(connection.execute(_LEAVES, span).scalars())
        return list(connection.execute(_ROOTS, {"level": level - 1, **span}).scalars())

    def perfect(level: int, index: int) -> bytes:
        tile_level, inside = divmod(level, HEIGHT)
        first = index << inside
        offset = first % WIDTH
        return fold(tile(tile_level, first // WIDTH)[offset : offset + (1 << inside)])

    return perfect


def fold(hashes: list[bytes]) -> bytes:
    """The root over a full subtree's hashes, a power of two of them."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def write(connection: Connection, old: int, new: int) -> None:
    """Write the tiles that became full as the tree grew from `old` to `new` leaves."""
    level = 0
    while (old >> HEIGHT) != (new >> HEIGHT):
        for idx in range(old >> HEIGHT, new >> HEIGHT):
            _write(connection, level, idx)
        old, new, level = old >> HEIGHT, new >> HEIGHT, level + 1


def _write(connection: Connection, level: int, idx: int) -> None:
    span = {"first": idx * WIDTH, "last": idx * WIDTH + WIDTH - 1}
    if level == 0:
        hashes = list(connection.execute(_LEAVES, span).scalars())
    else:
        hashes = list(connection.execute(_ROOTS, {"level": level - 1, **span}).scalars())
    row = {"level": level, "idx": idx, "hashes": b"".join(hashes), "root": fold(hashes)}
    connection.execute(insert(TILE), row)
