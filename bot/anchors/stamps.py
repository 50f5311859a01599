"""A time stamp service (RFC 3161): somebody else's signature under a digest and a time.

It needs the extra `tsa` (rfc3161-client). The token says when the checkpoint existed at the latest,
and can be checked years later with nothing but the service's certificate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.anchors.places import Checkpoint, NotKept
from frontdesk import SettingsError
from storage.conversations import microseconds
from storage.ledger.anchors import Receipt

SECONDS = 30.0
WAY_US = 5_000_000


@dataclass(frozen=True, slots=True)
class TimeStamps:
    """A service by its address. `roots` are certificates (PEM) that it must be vouched for by."""

    url: str
    roots: bytes = field(repr=False)
    kind: str = "tsa"

    @property
    def name(self) -> str:
        """The host."""
        return urlsplit(self.url).netloc

    async def keep(self, checkpoint: Checkpoint) -> Receipt:
        """Have a note stamped; the receipt is the service's answer (DER)."""
        data = checkpoint.signed.note.encode()
        library = _library()
        asked = library.TimestampRequestBuilder().data(data).nonce(nonce=True).build()
        try:
            answer = await self._post(asked.as_bytes())
            stamp = library.decode_timestamp_response(answer)
            at = stamp.tst_info.gen_time
            checked(self.roots, answer, data)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise NotKept(f"the time stamp service {self.name}: {error}") from error
        return Receipt(answer, microseconds(at.astimezone(UTC)), WAY_US)

    async def _post(self, request: bytes) -> bytes:
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        headers = {"Content-Type": "application/timestamp-query"}
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(self.url, data=request, headers=headers) as response,
        ):
            response.raise_for_status()
            return await response.read()


def checked(roots: bytes, answer: bytes, data: bytes) -> None:
    """See that an answer stamps `data` and is vouched for by one of `roots` (PEM).

    Raises:
        ValueError: it does not, or is not.
    """
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - rarely needed

    library = _library()
    builder = library.VerifierBuilder()
    for root in load_pem_x509_certificates(roots):
        builder = builder.add_root_certificate(root)
    stamp = library.decode_timestamp_response(answer)
    try:
        builder.build().verify_message(stamp, data)
    except library.VerificationError as error:
        raise ValueError(str(error)) from error


def read_roots(path: Path) -> bytes:
    """The certificates that a file holds.

    Raises:
        SettingsError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"FRONTDESK_TSA_ROOTS: {path}: {error.strerror}") from error


def _library() -> Any:
    try:
        return import_module("rfc3161_client")
    except ImportError as error:
        raise SettingsError(
            "FRONTDESK_TSA_URL needs the extra `tsa`: pip install 'frontdesk[tsa]'"
        ) from error
