"""Texts of an entry: encrypted with the person's key, committed to in the leaf.

The salt lies within the ciphertext. Once the person's key is destroyed, nothing is left of a text
but a commitment to it that nobody can try guesses against.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.ledger import hmac_sha256

_SALT = 32
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted text; `commit` and `digest` are hex."""

    nonce: bytes
    ciphertext: bytes
    commit: str
    digest: str


def seal(entry: str, field: str, text: str, key: AESGCM) -> Sealed:
    """Encrypt a text of an entry.

    Raises:
        ValueError: it is no Unicode text.
    """
    data, salt, nonce = text.encode(), os.urandom(_SALT), os.urandom(_NONCE)
    bound = _bound_to(entry, field)
    ciphertext = key.encrypt(nonce, salt + data, bound)
    return Sealed(nonce, ciphertext, _commitment(salt, bound, data), digest(nonce, ciphertext))


def unsealed(
    entry: str, field: str, nonce: bytes, ciphertext: bytes, key: AESGCM
) -> tuple[bytes, str]:
    """The salt and the text: with both, anybody can check the commitment.

    Raises:
        ValueError: the ciphertext was changed, or belongs to another entry, field or person.
    """
    plain = _opened(nonce, ciphertext, key, _bound_to(entry, field))
    return plain[:_SALT], plain[_SALT:].decode()


def unseal(entry: str, field: str, nonce: bytes, ciphertext: bytes, key: AESGCM) -> tuple[str, str]:
    """The text and the commitment to it.

    Raises:
        ValueError: the ciphertext was changed, or belongs to another entry, field or person.
    """
    bound = _bound_to(entry, field)
    plain = _opened(nonce, ciphertext, key, bound)
    data = plain[_SALT:]
    return data.decode(), _commitment(plain[:_SALT], bound, data)


def digest(nonce: bytes, ciphertext: bytes) -> str:
    """SHA-256 of what stands in the database, as the leaf names it."""
    return hashlib.sha256(nonce + ciphertext).hexdigest()


def _opened(nonce: bytes, ciphertext: bytes, key: AESGCM, bound: bytes) -> bytes:
    try:
        return key.decrypt(nonce, ciphertext, bound)
    except (InvalidTag, ValueError) as error:
        entry, _, field = bound.decode().partition("\0")
        raise ValueError(f"the payload {field!r} of entry {entry} cannot be decrypted") from error


def _commitment(salt: bytes, bound: bytes, data: bytes) -> str:
    message = b"audit/commit/v1\0" + bound + b"\0" + data
    return hmac_sha256.digest(salt, message).hex()


def _bound_to(entry: str, field: str) -> bytes:
    return f"{entry}\0{field}".encode()
