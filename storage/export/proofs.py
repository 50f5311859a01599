"""Proofs that an entry stands in the signed log, in the format c2sp.org/tlog-proof.

The entry's exact bytes travel along as the proof's extra data, so that one file is all it takes.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from frontdesk.errors import StoreError
from storage.export import verifier
from storage.ledger import merkle, tiles
from storage.ledger.tables import CHECKPOINT, ENTRY, LEAF
from storage.queries import entry_named
from storage.store import SqlStore

HEAD = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof of one entry. `path` leads from its sibling to the root's child."""

    entry: str
    leaf: str
    index: int
    size: int
    path: tuple[bytes, ...]
    note: str

    @property
    def text(self) -> str:
        """The proof as a file."""
        lines = [HEAD, f"extra {_base64(self.leaf.encode())}", f"index {self.index}"]
        return "\n".join([*lines, *map(_base64, self.path), "", self.note])


async def prove(store: SqlStore, name: str) -> Proof:
    """The proof of an entry, by its id or a part of it, in the latest checkpoint.

    Raises:
        NotFound: no entry, or more than one, goes by this name.
        StoreError: it has no place in a signed log yet: in a second it has.
    """
    return await store.read(lambda connection: proof_of(connection, name))


def proof_of(connection: Connection, name: str) -> Proof:
    """The proof of an entry; see `prove`."""
    entry = entry_named(connection, name)
    row = connection.execute(
        select(ENTRY.c.leaf, LEAF.c.log_index)
        .select_from(ENTRY.outerjoin(LEAF, LEAF.c.entry_id == ENTRY.c.id))
        .where(ENTRY.c.id == entry)
    ).one()
    last = latest(connection)
    if row.log_index is None or last is None or row.log_index >= last.size:
        raise StoreError(
            f"the entry {entry} waits for its place in the signed log: a running desk gives it one "
            "within a second"
        )
    path = merkle.inclusion_proof(row.log_index, last.size, tiles.reader(connection))
    return Proof(entry, row.leaf, row.log_index, last.size, tuple(path), last.note)


def latest(connection: Connection) -> Any:
    """The latest checkpoint's row, or None."""
    return connection.execute(
        select(CHECKPOINT).order_by(CHECKPOINT.c.size.desc()).limit(1)
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof proves: an entry at a place of a signed log of this size."""

    index: int
    size: int
    leaf: str


def check(text: str, vkey: str) -> Proven:
    """Check a proof against the public key of the log, by the verifier that ships with packs.

    Raises:
        StoreError: it proves nothing.
    """
    try:
        index, size, leaf = verifier.check_proof(text, vkey)
        return Proven(index, size, leaf.decode())
    except (verifier.Wrong, ValueError, IndexError) as error:
        raise StoreError(f"this proves nothing: {error or 'it is malformed'}") from error


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
