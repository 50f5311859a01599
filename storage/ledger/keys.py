"""The key folder: everything secret about a log, outside of the database.

    frontdesk.keys/<log>/mac-1.key     origin MAC: no row without it
                        /signer.key    Ed25519, signs checkpoints
                        /signer.vkey   its public half, to hand out to reviewers
                        /signer-pq.key ML-DSA-44, signs what is kept elsewhere besides
                        /signer-pq.vkey  its public half
                        /signer.state  the size and root that the signer remembers
                        /persons.key   wraps the keys of persons
                        /subjects.db   the keys of persons

One sub-folder a log, named by the log's random id, so that a copy of the database finds its keys.
Whoever can read the folder can forge entries until the next checkpoint kept elsewhere.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from frontdesk.errors import SettingsError
from storage.ledger import cosign, hmac_sha256, note
from storage.ledger.subjects import Subjects

_ORIGIN = re.compile(r"frontdesk\.audit/([0-9a-f]{32})")
_MAC = "mac-{kid}.key"
_SIGNER = "signer.key"
_VKEY = "signer.vkey"
_SIGNER_PQ = "signer-pq.key"
_VKEY_PQ = "signer-pq.vkey"
_PERSONS = "persons.key"
_SUBJECTS = "subjects.db"
_OF_PERSONS = (_PERSONS, _SUBJECTS)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one log."""

    folder: Path
    origin: str
    mac_kid: int
    macs: dict[int, bytes]
    signer: Ed25519PrivateKey
    vkey: str
    subjects: Subjects

    def mac(self, leaf_hash: bytes, kid: int | None = None) -> bytes:
        """The origin MAC of an entry, by the current key or an older one.

        Raises:
            KeyError: there is no such key.
        """
        key = self.macs[self.mac_kid if kid is None else kid]
        return hmac_sha256.digest(key, b"audit/mac/v1\0" + leaf_hash)

    def seed_pq(self) -> bytes | None:
        """The seed of the signer's ML-DSA-44 key, made at first use; None where there is no ML-DSA.

        Raises:
            SettingsError: it cannot be read or made.
        """
        if not cosign.has_pq():
            return None
        path = self.folder / _SIGNER_PQ
        try:
            if not path.exists():
                _make_pq(path, self.origin)
            return _read(path)
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"the key {path} cannot be used ({error}): put it back from a backup, or remove it "
                "and hand out the new public key"
            ) from error

    def blinded(self, text: str) -> str:
        """A name for a text in the record, from which nobody without the keys can guess it.

        The same text has the same name for as long as the log lasts, whatever keys come after.
        """
        first = self.macs[min(self.macs)]
        message = b"audit/blind/v1\0" + text.encode("utf-8", "replace")
        return hmac_sha256.digest(first, message).hex()

    def chain_mac(self, ticket: str, seq: int, head: bytes, rec_us: int) -> bytes:
        """The MAC of a chain's end."""
        message = f"audit/chain/v1\0{ticket}\0{seq}\0{rec_us}\0".encode() + head
        return hmac_sha256.digest(self.macs[self.mac_kid], message)


def new_origin() -> str:
    """A name for a new log."""
    return f"frontdesk.audit/{secrets.token_hex(16)}"


def create(root: Path, origin: str) -> Keys:
    """Make the keys of a new log; the folder is there completely or not at all."""
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".new-", dir=root))
        try:
            _fill(draft, origin)
            draft.rename(_folder(root, origin))
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        _sync(root)
    except OSError as error:
        raise SettingsError(
            f"the key folder {root} cannot be written ({error.strerror}): make it writable, or "
            "name another one"
        ) from error
    keys = load(root, origin)
    if keys is None:
        raise SettingsError(f"the keys just made in {root} cannot be read back")
    return keys


def succeed(old: Keys, origin: str) -> Keys:
    """Keys for a log that goes on where an old one ends: all as they were, but another signer."""
    root = old.folder.parent
    folder = _folder(root, origin)
    draft = Path(tempfile.mkdtemp(prefix=".new-", dir=root))
    try:
        for path in (
            *old.folder.glob(_MAC.format(kid="*")),
            *map(old.folder.joinpath, _OF_PERSONS),
        ):
            shutil.copy2(path, draft / path.name)
        _sign_anew(draft, origin)
        _sync(draft)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _sync(root)
    keys = load(root, origin)
    assert keys is not None  # noqa: S101 - it was made just now
    return keys


def leave(folder: Path) -> None:
    """Take the keys of persons out of the folder of a log that has a successor, who has them."""
    for name in _OF_PERSONS:
        (folder / name).unlink(missing_ok=True)
    _sync(folder)


def load(root: Path, origin: str, *, read_only: bool = False) -> Keys | None:
    """The keys of a log, or None where the folder has none for it.

    Raises:
        SettingsError: some are there, but not all, or they cannot be read.
    """
    folder = _folder(root, origin)
    if not folder.is_dir():
        return None
    try:
        macs = {_kid(path): _read(path) for path in folder.glob(_MAC.format(kid="*"))}
        signer = Ed25519PrivateKey.from_private_bytes(_read(folder / _SIGNER))
        subjects = Subjects(folder / _SUBJECTS, _read(folder / _PERSONS), read_only=read_only)
        return Keys(
            folder=folder,
            origin=origin,
            mac_kid=max(macs),
            macs=macs,
            signer=signer,
            vkey=note.vkey(origin, signer.public_key()),
            subjects=subjects,
        )
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"the keys in {folder} are not complete or not readable ({error}): put them back from "
            "a backup"
        ) from error


def _folder(root: Path, origin: str) -> Path:
    match = _ORIGIN.fullmatch(origin)
    if match is None:
        raise SettingsError(f"{origin!r} is no name of a log: the table audit_log was changed")
    return root / match[1]


def _fill(folder: Path, origin: str) -> None:
    persons = secrets.token_bytes(32)
    _write(folder / _MAC.format(kid=1), secrets.token_hex(32))
    _sign_anew(folder, origin)
    _write(folder / _PERSONS, persons.hex())
    _write(folder / _SUBJECTS, "")
    Subjects(folder / _SUBJECTS, persons).close()
    _sync(folder)


def _sign_anew(folder: Path, origin: str) -> None:
    signer = Ed25519PrivateKey.generate()
    _write(folder / _SIGNER, signer.private_bytes_raw().hex())
    _write(folder / _VKEY, note.vkey(origin, signer.public_key()))


def _make_pq(path: Path, origin: str) -> None:
    """Make the key; of two processes at once the first one's counts."""
    seed = secrets.token_bytes(32)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    _write(draft, seed.hex())
    try:
        os.link(draft, path)
        _write(path.with_name(_VKEY_PQ), cosign.pq_verifier(origin, seed).vkey)
        _sync(path.parent)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n" if text else "")
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> bytes:
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def _kid(path: Path) -> int:
    return int(path.stem.removeprefix("mac-"))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
