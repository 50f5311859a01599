"""Another history, written with all keys: what somebody can do who has the machine of the desk.

Everything fits together afterwards: hashes, chains, MACs, tiles, checkpoints with signatures, what
the log lists of them, and what the signer remembers. Nothing in the database or the key folder
gives it away; a checkpoint that somebody else has kept does.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from storage.facts import CheckpointListed
from storage.ledger import canonical, index, note, tiles
from storage.ledger.drill.copies import Copy
from storage.ledger.facts import CheckpointAnchored
from storage.ledger.keys import Keys
from storage.ledger.leaf import NO_HASH
from storage.ledger.merkle import Frontier, leaf_hash

Leaf = dict[str, Any]
Edit = Callable[[Leaf], Leaf | None]
"""Gives a leaf as it is to be, or None where it is to be gone."""


@dataclass(slots=True)
class _History:
    """The history as it is written anew."""

    connection: sqlite3.Connection
    keys: Keys
    edit: Edit
    signer: Any
    frontier: Frontier = field(default_factory=Frontier)
    heads: dict[str, tuple[int, bytes, int]] = field(default_factory=dict)
    hashes: list[bytes] = field(default_factory=list)
    roots: dict[int, tuple[int, bytes, str]] = field(default_factory=dict)
    written: dict[str, bytes | None] = field(default_factory=dict)
    chains: dict[str, list[str]] = field(default_factory=dict)

    def hash_of(self, ticket: str, entry: str) -> bytes | None:
        """The hash of an entry as it is now, None if it is gone; its chain is written up to it."""
        while entry not in self.written:
            leaf = json.loads(self.chains[ticket].pop(0))
            self.written[leaf["id"]] = self._write(leaf)
        return self.written[entry]

    def _write(self, old: Leaf) -> bytes | None:
        """Write an entry anew; None if it is gone."""
        entry = old["id"]
        leaf = self.edit(old)
        if leaf is None:
            self._gone(entry)
            return None
        self._checkpoint_in(leaf)
        seq, head, _ = self.heads.get(leaf["ticket"], (0, NO_HASH, 0))
        leaf |= {"tseq": seq + 1, "prev": head.hex()}
        data = canonical.encode(leaf)
        hashed = leaf_hash(data)
        self.heads[leaf["ticket"]] = (seq + 1, hashed, leaf["rec"])
        mac = self.keys.mac(hashed, leaf["mac_kid"])
        self.connection.execute(
            "UPDATE audit_entry SET leaf = ?, leaf_hash = ?, mac = ?, ticket_seq = ? WHERE id = ?",
            (data.decode(), hashed, mac, -seq - 1, leaf["id"]),
        )
        row = index.project(leaf)
        names = ", ".join(f"{name} = :{name}" for name in index.COLUMNS)
        self.connection.execute(f"UPDATE audit_index SET {names} WHERE entry_id = :entry_id", row)  # noqa: S608 - ours
        self.connection.execute(
            "UPDATE audit_pending SET leaf_hash = ?, mac = ? WHERE entry_id = ?",
            (hashed, mac, leaf["id"]),
        )
        return hashed

    def place(self, entry: str, hashed: bytes) -> None:
        """Give an entry the next place in the log."""
        row = (self.frontier.size, entry, hashed)
        self.connection.execute("INSERT INTO audit_leaf VALUES (?, ?, ?)", row)
        self.hashes.append(hashed)
        self.frontier.append(hashed)

    def checkpoint(self, old: int, seq: int) -> None:
        """Sign the log as it is now, in the place of an older checkpoint."""
        size, root = self.frontier.size, self.frontier.root()
        signed = note.sign(note.Checkpoint(self.keys.origin, size, root), self.signer)
        self.roots[old] = (size, root, signed)
        digest = hashlib.sha256(signed.encode()).digest()
        row = (size, seq, root, signed, digest)
        self.connection.execute("INSERT INTO audit_checkpoint VALUES (?, ?, ?, ?, ?)", row)

    def _checkpoint_in(self, leaf: Leaf) -> None:
        """What the log says of its own checkpoints must fit too."""
        body = leaf["body"]
        if leaf["type"] not in (CheckpointListed.kind, CheckpointAnchored.kind):
            return
        old = body["size"]
        size, root, signed = self.roots[old]
        body |= {"size": size, "root": root.hex()}
        if "note_sha256" in body:
            body["note_sha256"] = hashlib.sha256(signed.encode()).hexdigest()
        else:
            self.connection.execute(
                "UPDATE audit_anchor SET size = ?, root = ? WHERE entry_id = ?",
                (size, root, leaf["id"]),
            )

    def _gone(self, entry: str) -> None:
        for table, column in OF_ENTRIES.items():
            self.connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (entry,))  # noqa: S608 - ours


OF_ENTRIES = {
    "audit_entry": "id",
    "audit_leaf": "entry_id",
    "audit_pending": "entry_id",
    "audit_payload": "entry_id",
    "audit_index": "entry_id",
}
"""Tables with rows of entries, and the column that names the entry."""


def rewrite(copy: Copy, edit: Edit, *, signer: Any = None) -> None:
    """Write the history anew, every entry as `edit` wants it.

    It is signed with `signer`, if that is another key than the log's own.
    """
    keys = copy.opened_keys()
    logged = copy.ask(
        "SELECT l.entry_id, e.ticket_id FROM audit_leaf l JOIN audit_entry e ON e.id = l.entry_id "
        "ORDER BY l.log_index"
    )
    waiting = copy.ask(
        "SELECT e.id, e.ticket_id FROM audit_entry e JOIN audit_pending p ON p.entry_id = e.id"
    )
    chains: dict[str, list[str]] = {}
    for ticket, leaf in copy.ask("SELECT ticket_id, leaf FROM audit_entry ORDER BY 1, ticket_seq"):
        chains.setdefault(ticket, []).append(leaf)
    sizes = dict(copy.ask("SELECT size, seq FROM audit_checkpoint"))
    with copy.unguarded() as connection:
        for table in ("audit_leaf", "audit_tile", "audit_checkpoint"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - ours
        history = _History(connection, keys, edit, signer or keys.signer, chains=chains)
        for number, (entry, ticket) in enumerate(logged, start=1):
            hashed = history.hash_of(ticket, entry)
            if hashed is not None:
                history.place(entry, hashed)
            if number in sizes:
                history.checkpoint(number, sizes[number])
        for entry, ticket in waiting:
            history.hash_of(ticket, entry)
        _finish(history)
    memory = {"size": history.frontier.size, "root": history.frontier.root().hex()}
    (keys.folder / "signer.state").write_text(json.dumps(memory), encoding="ascii")
    keys.subjects.close()


def _finish(history: _History) -> None:
    connection = history.connection
    connection.execute("UPDATE audit_entry SET ticket_seq = -ticket_seq")
    for ticket, (seq, head, rec_us) in history.heads.items():
        mac = history.keys.chain_mac(ticket, seq, head, rec_us)
        connection.execute(
            "UPDATE audit_chain SET seq = ?, head = ?, rec_us = ?, mac = ? WHERE ticket_id = ?",
            (seq, head, rec_us, mac, ticket),
        )
    level, hashes = 0, history.hashes
    while len(hashes) >= tiles.WIDTH:
        full = len(hashes) // tiles.WIDTH
        parts = [hashes[at * tiles.WIDTH : (at + 1) * tiles.WIDTH] for at in range(full)]
        hashes = [tiles.fold(part) for part in parts]
        for idx, (part, root) in enumerate(zip(parts, hashes, strict=True)):
            row = (level, idx, b"".join(part), root)
            connection.execute("INSERT INTO audit_tile VALUES (?, ?, ?, ?)", row)
        level += 1
