"""A file on another disk, or one that can only be added to: notes one after the other."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from bot.anchors.places import Checkpoint, NotKept
from storage.ledger.anchors import Receipt


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A text file. What is in it is never read again here: `audit verify --against` does."""

    path: Path
    kind: str = "file"

    @property
    def name(self) -> str:
        """The file's name; its folder says nothing to anybody else."""
        return self.path.name

    async def keep(self, checkpoint: Checkpoint) -> Receipt:
        """Add a note; the receipt says at which byte it begins."""
        try:
            at = await asyncio.to_thread(_added, self.path, checkpoint.signed.note + "\n")
        except OSError as error:
            raise NotKept(f"{self.path} cannot be written to ({error.strerror})") from error
        return Receipt(f"byte {at}".encode())


def _added(path: Path, text: str) -> int:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    with os.fdopen(descriptor, "ab") as file:
        at = file.tell()
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    return at
