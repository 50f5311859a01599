"""Signatures of callbacks and webhooks, as in the Standard Webhooks specification 1.0.

The signature covers the message's id, the time and the exact body, so nobody can change one of them
or send an old one again. Receivers have libraries for it in most languages.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from frontdesk import SettingsError
from storage.doors.tokens import SIGNING

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = 300
"""Seconds by which the sender's clock and ours may differ."""


def signature(secret: str, name: str, timestamp: int, body: bytes) -> str:
    """The signature of a body.

    Raises:
        SettingsError: the secret is none of this kind.
    """
    try:
        key = base64.b64decode(secret.removeprefix(SIGNING), validate=True)
    except binascii.Error as error:
        raise SettingsError(f"a signing secret must be {SIGNING} and base64") from error
    signed = f"{name}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def headers(secret: str, name: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers that prove where a body comes from."""
    return {
        ID: name,
        TIMESTAMP: str(timestamp),
        SIGNATURE: signature(secret, name, timestamp, body),
    }


def is_genuine(secret: str, given: str, name: str, timestamp: int, body: bytes) -> bool:
    """Whether one of the signatures in a header is right; there may be several, by new secrets."""
    right = signature(secret, name, timestamp, body).encode()
    return any(
        hmac.compare_digest(one.encode("utf-8", "replace"), right) for one in given.split(" ")
    )
