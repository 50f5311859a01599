"""Whether a witness signs a checkpoint: what `add-checkpoint` of C2SP's tlog-witness asks for."""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.witness.state import Memory, Seen
from storage.ledger import cosign, merkle
from storage.ledger.cosign import Cosigner, Note, Signature, Verifier
from storage.ledger.note import NoteError

MOST_PROOF = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_HASH = 32


class Refused(Exception):  # noqa: N818 - it names what happened
    """Nothing was signed; `status` and `says` are the answer."""

    def __init__(self, status: int, says: str, kind: str = "text/plain; charset=utf-8") -> None:
        super().__init__(says)
        self.status = status
        self.says = says
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Request:
    """What was sent: the size that is continued, the proof of it, and the new checkpoint."""

    old: int
    proof: Sequence[bytes]
    note: Note


@dataclass(frozen=True, slots=True)
class Judge:
    """Signs checkpoints of the logs it knows, by their keys, and remembers them."""

    memory: Memory
    cosigner: Cosigner
    logs: Mapping[str, Sequence[Verifier]]

    def add(self, body: bytes) -> str:
        """The signature lines for a checkpoint that continues the last one.

        Raises:
            Refused: it does not, or is not from a log that is known.
        """
        request = parsed(body)
        origin = request.note.checkpoint.origin
        own = self._trusted(request.note, origin)
        lines: list[Signature] = []

        def decide(last: Seen | None) -> Seen:
            _continues(request, last)
            at = int(time.time())
            lines.extend(self.cosigner.sign(request.note, at))
            signatures = "".join(one.line for one in (*own, *lines))
            checkpoint = request.note.checkpoint
            note = f"{request.note.text}\n{signatures}"
            return Seen(origin, checkpoint.size, checkpoint.root, note, at)

        self.memory.move(origin, decide)
        return "".join(one.line for one in lines)

    def _trusted(self, note: Note, origin: str) -> list[Signature]:
        """The log's own signatures, of which at least one must be there, and none may be wrong."""
        if origin not in self.logs:
            raise Refused(404, "this log is not known here\n")
        try:
            signed = {key.key_id for key in self.logs[origin] if key.signed(note) is not None}
        except NoteError as error:
            raise Refused(403, f"{error}\n") from error
        if not signed:
            raise Refused(403, "not signed with a key that is known of this log\n")
        return [one for one in note.signatures if one.name == origin and one.key_id in signed]


def parsed(body: bytes) -> Request:
    """A request from its bytes.

    Raises:
        Refused: it is none.
    """
    try:
        head, found, note = body.decode().partition("\n\n")
        first, *proof = head.split("\n")
        match = _OLD.fullmatch(first)
        if not found or match is None or len(proof) > MOST_PROOF:
            raise Refused(400, "malformed request\n")
        hashes = [base64.b64decode(line, validate=True) for line in proof]
        opened = cosign.opened(note)
    except (UnicodeDecodeError, binascii.Error, NoteError) as error:
        raise Refused(400, f"malformed request: {error}\n") from error
    if any(len(one) != _HASH for one in hashes) or int(match[1]) > opened.checkpoint.size:
        raise Refused(400, "malformed request\n")
    return Request(int(match[1]), hashes, opened)


def _continues(request: Request, last: Seen | None) -> None:
    size = last.size if last is not None else 0
    if request.old != size:
        raise Refused(409, f"{size}\n", "text/x.tlog.size")
    new = request.note.checkpoint
    if new.size == 0:
        sound = new.root == merkle.EMPTY_ROOT and not request.proof
    elif last is None or size == 0:
        sound = not request.proof
    else:
        sound = merkle.verify_consistency(size, new.size, last.root, new.root, request.proof)
    if not sound:
        raise Refused(422, "the checkpoint does not continue the last one\n")
