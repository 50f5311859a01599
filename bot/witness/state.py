"""What a witness remembers: of each log the last checkpoint that it signed. A file of its own."""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from frontdesk import SettingsError
from storage.ledger import cosign
from storage.ledger.cosign import Cosigner

_SCHEMA = """
CREATE TABLE IF NOT EXISTS seen (
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The last checkpoint of a log that was signed, with all signatures, and when (seconds)."""

    origin: str
    size: int
    root: bytes
    note: str
    at: int


class Memory:
    """The checkpoints that were signed."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.execute(_SCHEMA)
        except sqlite3.Error as error:
            raise SettingsError(f"{path} cannot be used: {error}") from error

    def seen(self, origin: str) -> Seen | None:
        """The last checkpoint of a log, None if none was signed."""
        with self._lock:
            return self._seen(origin)

    def all(self) -> Sequence[Seen]:
        """Of every log the last one."""
        with self._lock:
            rows = self._database.execute("SELECT * FROM seen ORDER BY origin").fetchall()
        return [Seen(*row) for row in rows]

    def move(self, origin: str, decide: Callable[[Seen | None], Seen]) -> Seen:
        """Put another checkpoint in the place of the last one; nobody comes in between.

        What `decide` raises leaves everything as it was.
        """
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                new = decide(self._seen(origin))
                row = (new.origin, new.size, new.root, new.note, new.at)
                self._database.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)", row)
                self._database.execute("COMMIT")
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            return new

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _seen(self, origin: str) -> Seen | None:
        query = "SELECT * FROM seen WHERE origin = ?"
        row = self._database.execute(query, (origin,)).fetchone()
        return None if row is None else Seen(*row)


def cosigner(folder: Path, name: str) -> Cosigner:
    """The keys of a witness, made at the first start.

    Raises:
        SettingsError: they cannot be read or made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = Ed25519PrivateKey.from_private_bytes(_secret(folder / "witness.key"))
        seed = _secret(folder / "witness-pq.key") if cosign.has_pq() else None
    except (OSError, ValueError) as error:
        raise SettingsError(f"the keys in {folder} cannot be used: {error}") from error
    return Cosigner(name, own, seed)


def _secret(path: Path) -> bytes:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
    return bytes.fromhex(path.read_text(encoding="ascii").strip())
