"""HMAC-SHA-256, as RFC 2104 defines it, from the hash alone.

Every entry has three of them, and `hmac.digest` looks its algorithm up anew at each call: that
takes several times as long as the hashing. The tests hold this against the standard library.
"""

from __future__ import annotations

from hashlib import sha256

_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


def digest(key: bytes, message: bytes) -> bytes:
    """The HMAC of a message."""
    block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner = sha256(block.translate(_INNER) + message).digest()
    return sha256(block.translate(_OUTER) + inner).digest()
