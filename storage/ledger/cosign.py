"""Notes with several signatures, and the keys that others sign checkpoints with (C2SP).

A witness signs a checkpoint together with the time at which it was the newest one that it saw:
`signed-note` says how the lines look, `tlog-cosignature` what is signed. Both kinds of keys are
supported, Ed25519 and, where the installed `cryptography` knows it, ML-DSA-44, which also stands
against quantum computers.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from storage.ledger.note import Checkpoint, NoteError, parsed

try:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
except ImportError:  # an older `cryptography`: there are no such lines then
    MLDSA44PrivateKey = MLDSA44PublicKey = None  # type: ignore[assignment,misc]

SIGNED, COSIGNED, COSIGNED_PQ = 1, 4, 6
"""The types of signatures: a log's own (Ed25519), a witness's (Ed25519), anybody's (ML-DSA-44)."""

MOST_LINES = 32
_KEY_ID = 4
_TIME = 8


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    data: bytes

    @property
    def line(self) -> str:
        """As it stands in a note."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.data).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint with its signatures; `text` is what was signed."""

    text: str
    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key by name, as it is handed around (`name+keyid+base64`)."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def of(cls, vkey: str) -> Verifier:
        """The key that a text names.

        Raises:
            NoteError: it is none, or of a kind that is not supported.
        """
        try:
            name, key_id, encoded = vkey.strip().split("+", 2)
            key = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as error:
            raise NoteError(f"{vkey!r} is no public key of a log or a witness") from error
        if not key or key[0] not in (SIGNED, COSIGNED, COSIGNED_PQ):
            raise NoteError(f"the key of {name} is of a kind that is not supported")
        found = cls(name, key[0], key[1:])
        if found.key_id.hex() != key_id:
            raise NoteError(f"the key of {name} does not fit its own id")
        return found

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell which key signed."""
        data = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(data).digest()[:_KEY_ID]

    @property
    def vkey(self) -> str:
        """The key as text."""
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def signed(self, note: Note) -> int | None:
        """When a note was signed with this key, in seconds since 1970; None if it was not.

        It is 0 for a log's own signature, which has no time.

        Raises:
            NoteError: it claims to be, and is not.
        """
        for one in note.signatures:
            if (one.name, one.key_id) == (self.name, self.key_id):
                return self._checked(note, one.data)
        return None

    def _checked(self, note: Note, data: bytes) -> int:
        at = 0 if self.kind == SIGNED else int.from_bytes(data[:_TIME])
        signature = data if self.kind == SIGNED else data[_TIME:]
        try:
            if self.kind == COSIGNED_PQ:
                message = _subtree(self.name, at, note.checkpoint)
                MLDSA44PublicKey.from_public_bytes(self.public).verify(signature, message)
            else:
                message = note.text.encode() if self.kind == SIGNED else _timed(at, note.text)
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, AttributeError) as error:
            raise NoteError(f"the signature of {self.name} does not fit") from error
        return at


@dataclass(frozen=True, slots=True)
class Cosigner:
    """Somebody who signs checkpoints of logs, with the time; `seed_pq` where ML-DSA is at hand."""

    name: str
    key: Ed25519PrivateKey
    seed_pq: bytes | None = None

    @property
    def verifiers(self) -> tuple[Verifier, ...]:
        """The public halves."""
        public = Verifier(self.name, COSIGNED, self.key.public_key().public_bytes_raw())
        return (public, *([pq_verifier(self.name, self.seed_pq)] if self.seed_pq else []))

    def sign(self, note: Note, at: int) -> tuple[Signature, ...]:
        """The signature lines for a note that was the newest at a time."""
        first, *rest = self.verifiers
        own = at.to_bytes(_TIME) + self.key.sign(_timed(at, note.text))
        lines = [Signature(self.name, first.key_id, own)]
        if rest and self.seed_pq:
            lines.append(sign_pq(self.name, self.seed_pq, note.checkpoint, at))
        return tuple(lines)


def has_pq() -> bool:
    """Whether ML-DSA-44 is at hand."""
    if MLDSA44PrivateKey is None:
        return False
    try:
        MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    except UnsupportedAlgorithm:
        return False
    return True


def pq_verifier(name: str, seed: bytes) -> Verifier:
    """The public half of an ML-DSA-44 key."""
    public = MLDSA44PrivateKey.from_seed_bytes(seed).public_key().public_bytes_raw()
    return Verifier(name, COSIGNED_PQ, public)


def sign_pq(name: str, seed: bytes, checkpoint: Checkpoint, at: int) -> Signature:
    """An ML-DSA-44 line for a checkpoint."""
    data = MLDSA44PrivateKey.from_seed_bytes(seed).sign(_subtree(name, at, checkpoint))
    return Signature(name, pq_verifier(name, seed).key_id, at.to_bytes(_TIME) + data)


def opened(note: str) -> Note:
    """A note's parts; nothing is verified.

    Raises:
        NoteError: it is none.
    """
    text, found, rest = note.partition("\n\n")
    lines = rest.splitlines(keepends=True)
    if not found or not 0 < len(lines) <= MOST_LINES:
        raise NoteError("a note is a text, an empty line and signatures")
    return Note(text + "\n", parsed(text), tuple(signature(line) for line in lines))


def signature(line: str) -> Signature:
    """One signature line.

    Raises:
        NoteError: it is none.
    """
    try:
        dash, name, encoded = line.split(" ")
        data = base64.b64decode(encoded.rstrip("\n"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise NoteError("malformed signature line") from error
    if dash != "—" or not name or not line.endswith("\n") or len(data) <= _KEY_ID:
        raise NoteError("malformed signature line")
    return Signature(name, data[:_KEY_ID], data[_KEY_ID:])


def _timed(at: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _subtree(name: str, at: int, checkpoint: Checkpoint) -> bytes:
    """The `cosigned_message` of tlog-cosignature, for a whole tree."""
    who, log = name.encode(), checkpoint.origin.encode()
    return b"".join(
        (
            b"subtree/v1\n\0",
            len(who).to_bytes(1) + who,
            at.to_bytes(_TIME),
            len(log).to_bytes(1) + log,
            bytes(8),
            checkpoint.size.to_bytes(8),
            checkpoint.root,
        )
    )
