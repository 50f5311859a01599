"""What a place for checkpoints is, and those that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from frontdesk import FrontdeskError
from storage.ledger.anchors import Receipt, Signed


class NotKept(FrontdeskError):  # noqa: N818 - it names what happened
    """A place did not take a checkpoint; it gets the next one."""


Proof = Callable[[int], list[bytes]]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is to be kept: a note with all signatures, and how it continues older sizes.

    `last` is the size that this place keeps already. `proof` reads the database: call it in a
    thread.
    """

    signed: Signed
    last: int
    proof: Proof


class Place(Protocol):
    """Somewhere checkpoints are kept. `kind` and `name` tell which."""

    @property
    def kind(self) -> str:
        """Which kind of place."""

    @property
    def name(self) -> str:
        """Which one of that kind."""

    async def keep(self, checkpoint: Checkpoint) -> Receipt:
        """Keep a checkpoint for good.

        Raises:
            NotKept: it could not be.
        """
