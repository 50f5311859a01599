"""Every known way to tamper with the log, and from where it can be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from storage.ledger.drill import acts
from storage.ledger.drill.copies import Copy
from storage.ledger.drill.undoing import cut

FOREVER = 2**62


class Seen(StrEnum):
    """From where a tampering can be seen."""

    ALONE = "found"
    OUTSIDE = "found from outside"
    NOT = "not found"


@dataclass(frozen=True, slots=True)
class Tampering:
    """A way to tamper: its name, what is done in plain words, and from where it must be seen."""

    name: str
    what: str
    act: Callable[[Copy], None]
    expected: Seen = Seen.ALONE
    overdue_before_us: int | None = None


TAMPERINGS = (
    Tampering("edit", "change an entry", acts.edit()),
    Tampering("edit-hash", "change an entry and its hash", acts.edit("audit_entry")),
    Tampering("edit-logged", "… and the hash in the log", acts.edit("audit_entry", "audit_leaf")),
    Tampering(
        "edit-own-key",
        "change an entry, write all anew with the stolen MAC key, sign with another key",
        acts.anew("edit", stolen=False),
    ),
    Tampering(
        "edit-all-keys",
        "change an entry and write all anew with all keys, the signer's memory too",
        acts.anew("edit", stolen=True),
        Seen.OUTSIDE,
    ),
    Tampering("delete", "delete an entry", acts.drop("audit_entry")),
    Tampering("delete-everywhere", "delete an entry and all rows about it", acts.gone),
    Tampering("delete-ticket", "delete a ticket and all that is about it", acts.ticket_gone),
    Tampering(
        "delete-ticket-all-keys",
        "… and write the rest anew with all keys",
        acts.anew("delete", stolen=True),
        Seen.OUTSIDE,
    ),
    Tampering("forge", "add an entry without the MAC key", acts.forged_row),
    Tampering(
        "lie",
        "the desk itself, taken over, puts something untrue on record",
        acts.quiet_lie,
        Seen.NOT,
    ),
    Tampering("unapproved", "the desk posts what nobody approved, and says so", acts.lie),
    Tampering("reorder", "change the order of the log", acts.reorder),
    Tampering(
        "reorder-all-keys", "… and sign it anew with all keys", acts.reorder_signed, Seen.OUTSIDE
    ),
    Tampering("cut", "cut the end of the log off", cut(checkpoints=False, memory=False)),
    Tampering("cut-checkpoints", "… and its checkpoints", cut(checkpoints=True, memory=False)),
    Tampering(
        "cut-memory",
        "… and make the signer forget: an older backup of everything",
        cut(checkpoints=True, memory=True),
        Seen.OUTSIDE,
    ),
    Tampering(
        "fork", "go back to an older backup of everything and write on", acts.fork, Seen.OUTSIDE
    ),
    Tampering("gap", "take a place out of the log", acts.drop("audit_leaf")),
    Tampering("mac", "change an entry's MAC", acts.set_cells("audit_entry", "mac = zeroblob(32)")),
    Tampering(
        "mac-key", "say it was another MAC key", acts.set_cells("audit_entry", "mac_kid = 2")
    ),
    Tampering(
        "index-edit", "change a search column", acts.set_cells("audit_index", "actor_id = 'x'")
    ),
    Tampering("index-delete", "hide an entry from the search", acts.drop("audit_index")),
    Tampering("chain", "change the end of a chain", acts.set_cells("audit_chain", "seq = seq - 1")),
    Tampering("chain-delete", "delete the end of a chain", acts.drop("audit_chain")),
    Tampering(
        "payload-edit",
        "change a text",
        acts.set_cells("audit_payload", "ciphertext = zeroblob(64)"),
    ),
    Tampering("payload-swap", "swap two texts", acts.swapped),
    Tampering("payload-delete", "delete a text without an erasure", acts.drop("audit_payload")),
    Tampering(
        "payload-person",
        "give a text to somebody else",
        acts.set_cells("audit_payload", "subject_ref = 'x'"),
    ),
    Tampering(
        "tile",
        "change a stored hash of the tree",
        acts.sql("UPDATE audit_tile SET root = zeroblob(32)"),
    ),
    Tampering(
        "tile-delete", "delete stored hashes of the tree", acts.sql("DELETE FROM audit_tile")
    ),
    Tampering(
        "note",
        "change a signed checkpoint",
        acts.set_cells("audit_checkpoint", "note = 'x' || note"),
    ),
    Tampering(
        "root",
        "change a checkpoint's root",
        acts.set_cells("audit_checkpoint", "root = zeroblob(32)"),
    ),
    Tampering("checkpoint-delete", "delete a checkpoint", acts.drop("audit_checkpoint")),
    Tampering(
        "artifact-edit", "change a prompt", acts.set_cells("audit_artifact", "content = x'00'")
    ),
    Tampering("artifact-delete", "delete a prompt", acts.drop("audit_artifact")),
    Tampering(
        "artifact-add",
        "slip a prompt in",
        acts.sql("INSERT INTO audit_artifact VALUES (zeroblob(32), 'prompt', x'00')"),
    ),
    Tampering("anchor-edit", "change a receipt", acts.set_cells("audit_anchor", "receipt = x'00'")),
    Tampering("anchor-delete", "delete a receipt", acts.drop("audit_anchor")),
    Tampering(
        "vkey", "put another public key in", acts.sql("UPDATE audit_log SET vkey = 'x' || vkey")
    ),
    Tampering("origin", "give the log another name", acts.sql("UPDATE audit_log SET origin = 'x'")),
    Tampering("message", "delete a message that was received", acts.drop("message")),
    Tampering(
        "starve", "keep an entry from its place in the log", acts.waiting, overdue_before_us=FOREVER
    ),
    Tampering(
        "unsequenced-end",
        "delete a ticket's last entry before it has a place in the log, with the MAC key",
        acts.unsequenced_end,
        Seen.NOT,
    ),
    Tampering("guard", "drop a guard", acts.unguard),
    Tampering("table", "drop a table", acts.rename),
)
"""The matrix; `docs/audit/threat-model.md` says why what is not found is not."""
