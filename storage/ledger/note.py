"""Checkpoints as signed notes, in the formats of C2SP (tlog-checkpoint, signed-note).

frontdesk.local/3f9a.../audit
1234
<root, base64>

— frontdesk.local/3f9a.../audit <key id and Ed25519 signature, base64>
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_KEY_ID = 4
_HASH = 32


class NoteError(ValueError):
    """A note is malformed, or it was not signed with the key it is checked against."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's size and root, under its name."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def vkey(name: str, public: Ed25519PublicKey) -> str:
    """The public key as people hand it around: `name+keyid+base64`."""
    key = _ED25519 + public.public_bytes_raw()
    return f"{name}+{_key_id(name, key).hex()}+{base64.b64encode(key).decode()}"


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a signed note."""
    name, text = checkpoint.origin, checkpoint.text
    public = _ED25519 + key.public_key().public_bytes_raw()
    signature = _key_id(name, public) + key.sign(text.encode())
    return f"{text}\n— {name} {base64.b64encode(signature).decode()}\n"


def opened(note: str, vkey_text: str) -> Checkpoint:
    """The checkpoint of a note that was signed with the key.

    Raises:
        NoteError: it was not, or one of the two is malformed.
    """
    try:
        name, key_id, encoded = vkey_text.split("+", 2)
        key = base64.b64decode(encoded, validate=True)
        text, signature = note.rsplit("\n\n", 1)
        signed_by, given = signature.removeprefix("— ").removesuffix("\n").rsplit(" ", 1)
        blob = base64.b64decode(given, validate=True)
    except (ValueError, binascii.Error) as error:
        raise NoteError("malformed note or key") from error
    if signed_by != name or _key_id(name, key).hex() != key_id or blob[:_KEY_ID].hex() != key_id:
        raise NoteError("signed by another key")
    try:
        Ed25519PublicKey.from_public_bytes(key[1:]).verify(
            blob[_KEY_ID:], (text + "\n").encode("utf-8", "surrogateescape")
        )
    except (InvalidSignature, ValueError) as error:
        raise NoteError("the signature does not fit") from error
    checkpoint = parsed(text)
    if note != f"{checkpoint.text}\n{signature}" or checkpoint.origin != name:
        raise NoteError("malformed note")
    return checkpoint


def parsed(text: str) -> Checkpoint:
    """The checkpoint that a note's text states, without its last newline.

    Raises:
        NoteError: it states none.
    """
    try:
        origin, size, encoded = text.split("\n")
        found = Checkpoint(origin, int(size), base64.b64decode(encoded, validate=True))
    except (ValueError, binascii.Error) as error:
        raise NoteError("malformed checkpoint") from error
    if found.text != text + "\n" or found.size < 0 or len(found.root) != _HASH:
        raise NoteError("malformed checkpoint")
    return found


def _key_id(name: str, key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + key).digest()[:_KEY_ID]
