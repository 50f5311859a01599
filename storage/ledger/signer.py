"""The signer: signs a checkpoint only if it continues the last one that it remembers.

Its memory lies in the key folder, not in the database: a database that was rolled back, or that
went on from an older copy, is refused.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from frontdesk.errors import StoreError
from storage.ledger import merkle, note
from storage.ledger.keys import Keys


class LogRefused(StoreError):  # noqa: N818 - it names what happened
    """The log does not continue what was signed before; nothing was signed."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The largest checkpoint that was signed."""

    size: int = 0
    root: bytes = merkle.EMPTY_ROOT


def remembered(folder: Path) -> Memory:
    """What the signer of this folder remembers.

    Raises:
        StoreError: the file cannot be read.
    """
    path = folder / "signer.state"
    try:
        state = json.loads(path.read_text(encoding="ascii"))
        return Memory(int(state["size"]), bytes.fromhex(state["root"]))
    except FileNotFoundError:
        return Memory()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"the signer's memory {path} cannot be read: {error}") from error


def signed(keys: Keys, size: int, perfect: merkle.Perfect) -> tuple[note.Checkpoint, str]:
    """A checkpoint at `size`, and its signed note.

    Raises:
        LogRefused: the log is shorter than what was signed before, or does not begin with it.
    """
    memory = remembered(keys.folder)
    if memory.size > size:
        raise LogRefused(
            f"the log ends at {size} entries, but {memory.size} were signed: the database was "
            "rolled back or cut. Restore the newer one, or begin a new log"
        )
    checkpoint = note.Checkpoint(keys.origin, size, merkle.root(size, perfect))
    if memory.size:
        proof = merkle.consistency_proof(memory.size, size, perfect)
        if not merkle.verify_consistency(memory.size, size, memory.root, checkpoint.root, proof):
            raise LogRefused(
                f"the first {memory.size} entries are not those that were signed: the log was "
                "changed, or another copy of the database was written to. Run the audit's verify"
            )
    return checkpoint, note.sign(checkpoint, keys.signer)


def remember(folder: Path, memory: Memory) -> None:
    """Remember a checkpoint once it is committed; an older one than is known changes nothing."""
    with _locked(folder):
        if memory.size <= remembered(folder).size:
            return
        draft = folder / "signer.state.new"
        with draft.open("w", encoding="ascii") as file:
            json.dump({"size": memory.size, "root": memory.root.hex()}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o600)
        draft.replace(folder / "signer.state")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "signer.lock").open("a") as lock:
        os.fchmod(lock.fileno(), 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
