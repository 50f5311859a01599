"""Encrypting what the database may hold only in a form that is of no use without the key folder."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from frontdesk.errors import SettingsError

FILE = "tokens.key"
_NONCE = 12


class SecretBox:
    """Seals short secrets, each bound to the place in which it stands."""

    def __init__(self, key: bytes) -> None:
        """Use a key of 32 bytes."""
        self._key = AESGCM(key)

    @classmethod
    def of(cls, folder: Path) -> SecretBox:
        """The box of a key folder, whose key is made at first use.

        Raises:
            SettingsError: the key cannot be read or made.
        """
        path = folder / FILE
        try:
            _make(path)
            return cls(bytes.fromhex(path.read_text(encoding="ascii").strip()))
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"the key {path} cannot be used ({error}): put it back from a backup, or remove it "
                "and have every workspace install the desk again"
            ) from error

    def seal(self, place: str, secret: str) -> bytes:
        """Encrypt a secret that stands at `place`."""
        nonce = os.urandom(_NONCE)
        return nonce + self._key.encrypt(nonce, secret.encode(), place.encode())

    def unseal(self, place: str, sealed: bytes) -> str:
        """The secret at `place`.

        Raises:
            SettingsError: it was sealed with another key, or for another place.
        """
        try:
            return self._key.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode()).decode()
        except InvalidTag as error:
            raise SettingsError(
                f"the secret of {place} cannot be decrypted: the key folder is another database's"
            ) from error


def _make(path: Path) -> None:
    """Make the key if it is not there; two processes at once end up with the same one."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(os.urandom(32).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
