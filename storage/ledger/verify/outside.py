"""What is kept outside: anchors that the log tells of, and notes that somebody else has kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, select

from frontdesk.errors import SettingsError
from storage.ledger import cosign, merkle
from storage.ledger.cosign import Note, Verifier
from storage.ledger.facts import CheckpointAnchored
from storage.ledger.note import NoteError
from storage.ledger.tables import ANCHOR, CHECKPOINT, ENTRY, INDEX
from storage.ledger.verify.report import Findings
from storage.ledger.verify.rows import raw

_ANCHORS = select(
    *(ANCHOR.c.kind, ANCHOR.c.name, ANCHOR.c.size, ANCHOR.c.root, ANCHOR.c.receipt),
    *(ANCHOR.c.external_us, ANCHOR.c.entry_id, CHECKPOINT.c.root.label("signed")),
).select_from(ANCHOR.outerjoin(CHECKPOINT, CHECKPOINT.c.size == ANCHOR.c.size))
_TOLD = (
    select(ENTRY.c.id, ENTRY.c.leaf)
    .select_from(INDEX.join(ENTRY, ENTRY.c.id == INDEX.c.entry_id))
    .where(INDEX.c.kind == CheckpointAnchored.kind)
)
_NOTE = re.compile(r"(?:[^\n]+\n){3}\n(?:— [^\n]+\n)+")
_VKEY = re.compile(r"^[^\s#+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file holds: notes that were signed, and keys that are to be believed."""

    notes: Sequence[Note]
    keys: Sequence[Verifier]


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree as it was found: its size, roots that were recomputed, and tiles for older ones."""

    size: int
    roots: Mapping[int, bytes]
    perfect: merkle.Perfect

    def root(self, size: int) -> bytes | None:
        """The root at a size, None if it cannot be told any more."""
        known = self.roots.get(size)
        if known:
            return known
        try:
            return merkle.root(size, self.perfect)
        except IndexError:
            return None


def kept(path: Path) -> Kept:
    """The notes and public keys in a file, whatever else stands around them.

    Raises:
        SettingsError: it cannot be read, or has neither.
    """
    try:
        text = path.read_text(encoding="utf-8")
        notes = [cosign.opened(one) for one in _NOTE.findall(text)]
        keys = [Verifier.of(one) for one in _VKEY.findall(text)]
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except (NoteError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    if not notes and not keys:
        raise SettingsError(f"{path} has neither a signed note nor a public key in it")
    return Kept(notes, keys)


def check_anchors(findings: Findings, connection: Connection) -> None:
    """Each anchor has an entry that tells of it, says what that says, and fits the log."""
    told = dict(_told(connection))
    for kind, name, size, root, receipt, external_us, entry, signed in raw(connection, _ANCHORS):
        says = told.pop(entry, None)
        found = {
            **{"place": kind, "name": name, "size": size, "root": root.hex()},
            "receipt_sha256": hashlib.sha256(receipt).hexdigest(),
            "external_us": external_us,
        }
        if says is None:
            message = f"no entry tells of the anchor {kind} {name} at {size} entries"
            findings.add("anchor-drift", message, log_index=max(size - 1, 0))
        elif says != found:
            message = f"the anchor {kind} {name} at {size} entries was changed"
            findings.add("anchor-drift", message, entry=entry)
        elif root != signed:
            message = f"{kind} {name} keeps another log of {size} entries"
            findings.add("anchor-mismatch", message, entry=entry, log_index=max(size - 1, 0))
    for entry in told:
        findings.add("anchor-drift", "the anchor that this entry tells of is gone", entry=entry)


def check_kept(findings: Findings, held: Kept, own: str, tree: Tree) -> None:
    """The log agrees with every note that somebody kept, and with the keys that they believe.

    `own` are the log's public keys as far as they are known here, one a line.
    """
    keys = [Verifier.of(line) for line in own.splitlines()]
    names = {key.name for key in keys}
    pinned = [key for key in held.keys if key.name in names]
    if pinned and not {key.vkey for key in keys} & {key.vkey for key in pinned}:
        findings.add("log-identity", "the log is signed with another key than the one in the file")
    believed = {key.vkey: key for key in (*held.keys, *(() if pinned else keys))}
    for note in held.notes:
        for problem in _problems(note, believed.values(), names, tree):
            findings.add(*problem, log_index=max(min(note.checkpoint.size, tree.size) - 1, 0))


def _problems(
    note: Note, keys: Iterable[Verifier], names: set[str], tree: Tree
) -> Iterator[tuple[str, str]]:
    stated = note.checkpoint
    what = f"the note that was kept at {stated.size} entries"
    try:
        signed = [key.name for key in keys if key.signed(note) is not None]
    except NoteError as error:
        yield "anchor-signature", f"{what}: {error}"
        return
    if stated.origin not in names:
        yield "anchor-mismatch", f"{what} is of another log, {stated.origin}"
    elif not signed:
        yield "anchor-signature", f"{what} was not signed with a key that is believed"
    elif stated.size > tree.size:
        yield "truncated-below-anchor", f"{what} is longer than the log, which ends at {tree.size}"
    elif tree.root(stated.size) != stated.root:
        yield "anchor-mismatch", f"{what} states another log: entries before it were changed"


def _told(connection: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry, leaf in raw(connection, _TOLD):
        try:
            body = from_json(leaf)["body"]
        except (ValueError, KeyError, TypeError, RecursionError):
            continue  # the entry itself is a finding already
        yield entry, body
