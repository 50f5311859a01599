"""The key store: one key a person, in a file of its own.

Its loss makes every text unreadable, and destroying one row makes one person's texts unreadable:
keep its backups apart from the database's, and short. A rollback journal is used, not WAL, so that
reading leaves no files behind.
"""

from __future__ import annotations

import hmac
import os
import secrets
import shutil
import sqlite3
import tempfile
import threading
from collections import OrderedDict
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from frontdesk.errors import StoreError
from storage.ledger import canonical

K = TypeVar("K")
V = TypeVar("V")

_NONCE = 12
_CACHED = 4096
_SCHEMA = """
CREATE TABLE IF NOT EXISTS audit_subject (
    subject_ref TEXT PRIMARY KEY,
    lookup BLOB NOT NULL UNIQUE,
    person BLOB NOT NULL,
    dek BLOB NOT NULL
) STRICT
"""


class Subjects:
    """People by random reference: who they are, and the key of what they wrote."""

    def __init__(self, path: Path, master: bytes, *, read_only: bool = False) -> None:
        """Open the file; `master` is the 32-byte key that wraps all others."""
        self._master = AESGCM(master)
        self._lookup_key = hmac.digest(master, b"audit/subject/lookup/v1", "sha256")
        self._lock = threading.Lock()
        self._keys: OrderedDict[str, AESGCM] = OrderedDict()
        self._refs: OrderedDict[bytes, str] = OrderedDict()
        self._path = path
        self._database = _connected(path, "ro" if read_only else "rwc")
        if not read_only:
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.execute("PRAGMA secure_delete=ON")
            self._database.execute(_SCHEMA)

    def ref(self, source: str, workspace: str, person: str) -> str:
        """The reference of a person, made at first sight and durable when this returns."""
        who = canonical.encode([source, workspace, person])
        lookup = hmac.digest(self._lookup_key, who, "sha256")
        with self._lock:
            if lookup not in self._refs:
                _remember(self._refs, lookup, self._found(lookup) or self._added(lookup, who))
            return self._refs[lookup]

    def key(self, ref: str) -> AESGCM:
        """The key of what a person wrote.

        Raises:
            StoreError: there is none; it was destroyed, or this is another log's key store.
        """
        with self._lock:
            if ref not in self._keys:
                row = self._row("SELECT dek FROM audit_subject WHERE subject_ref = ?", ref)
                if row is None:
                    raise StoreError(
                        f"there is no key for person {ref}: it was erased, or this is another "
                        "log's key folder"
                    )
                _remember(self._keys, ref, AESGCM(self._unwrapped(ref, row[0])))
            return self._keys[ref]

    def person(self, ref: str) -> str | None:
        """Who this is, as the source names the person; None once erased."""
        with self._lock:
            row = self._row("SELECT person FROM audit_subject WHERE subject_ref = ?", ref)
        if row is None:
            return None
        return str(canonical.decode(self._unwrapped(ref, row[0]).decode())[2])

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _found(self, lookup: bytes) -> str | None:
        row = self._row("SELECT subject_ref FROM audit_subject WHERE lookup = ?", lookup)
        return None if row is None else str(row[0])

    def _added(self, lookup: bytes, who: bytes) -> str:
        ref = secrets.token_hex(16)
        row = (ref, lookup, self._wrapped(ref, who), self._wrapped(ref, os.urandom(32)))
        self._database.execute("INSERT OR IGNORE INTO audit_subject VALUES (?, ?, ?, ?)", row)
        return self._found(lookup) or ref  # another process may have been quicker

    def _row(self, statement: str, value: str | bytes) -> tuple[bytes, ...] | None:
        try:
            row: tuple[bytes, ...] | None = self._database.execute(statement, (value,)).fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_READONLY_ROLLBACK":
                raise
            self._database.close()
            self._database = _recovered(self._path)
            return self._row(statement, value)
        return row

    def _wrapped(self, ref: str, data: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._master.encrypt(nonce, data, ref.encode())

    def _unwrapped(self, ref: str, data: bytes) -> bytes:
        return self._master.decrypt(data[:_NONCE], data[_NONCE:], ref.encode())


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        timeout=30,
        isolation_level=None,
        check_same_thread=False,
    )


def _recovered(path: Path) -> sqlite3.Connection:
    """What a killed process left half-written, put right in memory: readers change no files."""
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    with tempfile.TemporaryDirectory() as folder:
        for name in (path.name, f"{path.name}-journal"):
            if path.with_name(name).exists():
                shutil.copyfile(path.with_name(name), Path(folder) / name)
        with closing(_connected(Path(folder) / path.name, "rw")) as copy:
            copy.backup(memory)
    return memory


def _remember(cache: OrderedDict[K, V], key: K, value: V) -> None:
    cache[key] = value
    if len(cache) > _CACHED:
        cache.popitem(last=False)
