"""A witness: another team's server that signs only checkpoints which continue what it saw before.

It speaks C2SP's tlog-witness: each new checkpoint is sent with the proof that it continues the last
one, and comes back cosigned. Nothing but sizes and roots leaves the desk.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from bot.anchors.places import Checkpoint, NotKept
from storage.ledger import cosign
from storage.ledger.anchors import Receipt
from storage.ledger.cosign import Verifier
from storage.ledger.note import NoteError

SECONDS = 10.0
WAY_US = 5_000_000
CONFLICT, OK = 409, 200


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness by its address; its cosignatures are taken from these keys only."""

    url: str
    keys: Sequence[Verifier]
    kind: str = "witness"

    @property
    def name(self) -> str:
        """The host."""
        return urlsplit(self.url).netloc

    async def keep(self, checkpoint: Checkpoint) -> Receipt:
        """Have a checkpoint cosigned; the receipt is the note with the lines of the witness."""
        try:
            status, answer = await self._ask(checkpoint, checkpoint.last)
            if status == CONFLICT:  # it knows another size, and says which
                status, answer = await self._ask(checkpoint, int(answer))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise NotKept(f"the witness {self.name}: {error or type(error).__name__}") from error
        if status != OK:
            raise NotKept(f"the witness {self.name} refused, {status}: {answer.strip()[:200]}")
        return self._cosigned(checkpoint.signed.note, answer)

    async def _ask(self, checkpoint: Checkpoint, old: int) -> tuple[int, str]:
        if old > checkpoint.signed.size:
            raise NotKept(
                f"the witness {self.name} has signed {old} entries, the log has "
                f"{checkpoint.signed.size}: it was cut, or this is an older copy"
            )
        proof = await asyncio.to_thread(checkpoint.proof, old)
        lines = "".join(base64.b64encode(one).decode() + "\n" for one in proof)
        body = f"old {old}\n{lines}\n{checkpoint.signed.note}"
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        address = self.url.rstrip("/") + "/add-checkpoint"
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(address, data=body.encode()) as response,
        ):
            return response.status, await response.text()

    def _cosigned(self, note: str, answer: str) -> Receipt:
        try:
            whole = cosign.opened(note + answer)
            times = {key.key_id: key.signed(whole) for key in self.keys}
        except NoteError as error:
            raise NotKept(f"the witness {self.name}: {error}") from error
        known = [one for one in whole.signatures if times.get(one.key_id) is not None]
        if not known:
            raise NotKept(f"the witness {self.name} signed with a key that nobody named")
        at = min(time for time in times.values() if time is not None)
        lines = "".join(one.line for one in known)
        return Receipt((note + lines).encode(), at * 1_000_000, WAY_US)
