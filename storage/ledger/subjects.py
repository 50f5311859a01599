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
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from frontdesk.errors import StoreError
from storage.ledger import canonical
from storage.ledger.in_use import InUse

K = TypeVar("K")
V = TypeVar("V")

_NONCE = 12
_CACHED = 4096
_SECONDS = 30
"""How long another process is waited for that has the file to itself."""
_JOINT = b"audit/joint/v1\0"
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
        self._lock = threading.RLock()
        self._keys: OrderedDict[tuple[str, str | None], AESGCM] = OrderedDict()
        self._refs: OrderedDict[bytes, str] = OrderedDict()
        self._path = path
        self._database = _connected(path, "ro" if read_only else "rwc")
        self._version: object = None
        self._grouping = 0
        self._closed = False
        if not read_only:
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.execute("PRAGMA secure_delete=ON")
            self._database.execute(_SCHEMA)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Have the keys to this thread for a moment, in which nobody else is waited for.

        Raises:
            InUse: somebody has them just now. Where that is another process, asking for a key
                raises sqlite3.OperationalError.
        """
        if not self._lock.acquire(blocking=False):
            raise InUse
        try:
            self._database.execute("PRAGMA busy_timeout=0")
            try:
                yield
            finally:
                self._database.execute(f"PRAGMA busy_timeout={_SECONDS * 1000}")
        finally:
            self._lock.release()

    def group(self) -> None:
        """Write what this thread adds from now on together, when it calls `settle`."""
        with self._lock:
            self._grouping = threading.get_ident()

    def settle(self) -> None:
        """Make what was added durable; call it before what is encrypted with it is committed."""
        with self._lock:
            self._grouping = 0
            self._commit()

    def ref(self, source: str, workspace: str, person: str) -> str:
        """The reference of a person, made at first sight.

        It is durable when this returns, or, in a thread that groups, when `settle` does.
        """
        who = canonical.encode([source, workspace, person])
        lookup = hmac.digest(self._lookup_key, who, "sha256")
        with self._lock:
            self._notice_changes()
            if lookup not in self._refs:
                _remember(self._refs, lookup, self._found(lookup) or self._added(lookup, who))
            return self._refs[lookup]

    def key(self, ref: str, author: str | None = None) -> AESGCM:
        """The key of texts that concern a person, and that `author` wrote if it is another.

        Raises:
            StoreError: there is none; it was destroyed, or this is another log's key store.
        """
        with self._lock:
            self._notice_changes()
            if (ref, author) not in self._keys:
                key = self._dek(ref)
                if author is not None:
                    key = hmac.digest(key, _JOINT + self._dek(author), "sha256")
                _remember(self._keys, (ref, author), AESGCM(key))
            return self._keys[ref, author]

    def knows(self, ref: str) -> bool:
        """Whether there is a person with this reference."""
        with self._lock:
            self._notice_changes()
            if (ref, None) in self._keys:
                return True
            return self._row("SELECT 1 FROM audit_subject WHERE subject_ref = ?", ref) is not None

    def person(self, ref: str) -> str | None:
        """Who this is, as the source names the person; None once erased."""
        who = self.who(ref)
        return None if who is None else who[2]

    def who(self, ref: str) -> tuple[str, str, str] | None:
        """Source, workspace and name there of a person; None once erased."""
        with self._lock:
            row = self._row("SELECT person FROM audit_subject WHERE subject_ref = ?", ref)
        return None if row is None else self._who(ref, row[0])

    def find(self, source: str, workspace: str, person: str) -> str | None:
        """The reference of a person, or None if nothing is known of them."""
        lookup = hmac.digest(
            self._lookup_key, canonical.encode([source, workspace, person]), "sha256"
        )
        with self._lock:
            return self._found(lookup)

    def everybody(self) -> Iterator[tuple[str, tuple[str, str, str]]]:
        """All references, and who they are: source, workspace, name."""
        with self._lock:
            rows = self._database.execute("SELECT subject_ref, person FROM audit_subject")
            found = rows.fetchall()
        for ref, person in found:
            yield ref, self._who(ref, person)

    def destroy(self, ref: str, successor: str | None = None, *, tidy: bool = True) -> bool:
        """Destroy a person's key and who they are, for good; False if nobody has this reference.

        With `successor` the same person is known by that new reference from now on, with a new
        key: so that they can be told what was done. The file is rewritten, so that nothing of the
        old key is left in it; without `tidy` only at the next time.
        """
        with self._lock:
            self._commit()
            row = self._row("SELECT person FROM audit_subject WHERE subject_ref = ?", ref)
            if row is not None:
                who = canonical.encode(list(self._who(ref, row[0])))
                self._replace(ref, who, successor)
            self._forget_cached()
            if tidy:
                self._database.execute("VACUUM")
        return row is not None

    def close(self) -> None:
        """Close the file; once more changes nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._commit()
        self._database.close()

    def _replace(self, ref: str, who: bytes, successor: str | None) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            self._database.execute("DELETE FROM audit_subject WHERE subject_ref = ?", (ref,))
            if successor is not None:
                self._insert(successor, hmac.digest(self._lookup_key, who, "sha256"), who)
            self._database.execute("COMMIT")
        except BaseException:
            self._database.execute("ROLLBACK")
            raise

    def _notice_changes(self) -> None:
        """Forget what is cached if another process changed the file: it may have destroyed keys."""
        row = self._row("PRAGMA data_version")
        if row != self._version:
            self._forget_cached()
            self._version = row

    def _forget_cached(self) -> None:
        self._keys.clear()
        self._refs.clear()

    def _dek(self, ref: str) -> bytes:
        row = self._row("SELECT dek FROM audit_subject WHERE subject_ref = ?", ref)
        if row is None:
            raise StoreError(
                f"there is no key for person {ref}: it was erased, or this is another log's key "
                "folder"
            )
        return self._unwrapped(ref, row[0])

    def _who(self, ref: str, wrapped: bytes) -> tuple[str, str, str]:
        source, workspace, person = canonical.decode(self._unwrapped(ref, wrapped).decode())
        return str(source), str(workspace), str(person)

    def _found(self, lookup: bytes) -> str | None:
        row = self._row("SELECT subject_ref FROM audit_subject WHERE lookup = ?", lookup)
        return None if row is None else str(row[0])

    def _commit(self) -> None:
        if not self._database.in_transaction:
            return
        try:
            self._database.execute("COMMIT")
        except BaseException:
            self._forget_cached()
            self._database.execute("ROLLBACK")
            raise

    def _added(self, lookup: bytes, who: bytes) -> str:
        ref = secrets.token_hex(16)
        grouped = self._grouping == threading.get_ident()
        if grouped and not self._database.in_transaction:
            self._database.execute("BEGIN IMMEDIATE")
        self._insert(ref, lookup, who)
        if not grouped:
            self._commit()
        return self._found(lookup) or ref  # another process may have been quicker

    def _insert(self, ref: str, lookup: bytes, who: bytes) -> None:
        row = (ref, lookup, self._wrapped(ref, who), self._wrapped(ref, os.urandom(32)))
        self._database.execute("INSERT OR IGNORE INTO audit_subject VALUES (?, ?, ?, ?)", row)

    def _row(self, statement: str, *values: str | bytes) -> tuple[bytes, ...] | None:
        try:
            row: tuple[bytes, ...] | None = self._database.execute(statement, values).fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_READONLY_ROLLBACK":
                raise
            self._database.close()
            self._database = _recovered(self._path)
            return self._row(statement, *values)
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
        timeout=_SECONDS,
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
