"""Tables of the audit trail. An entry's leaf is kept as the exact bytes that were hashed."""

from __future__ import annotations

from sqlalchemy import Index, Integer, LargeBinary, Text
from sqlmodel import Field, SQLModel

from storage.tables import BIG, STRICT


class AuditLog(SQLModel, table=True):
    """Which log this is: its name, and the public key that its checkpoints are signed with."""

    __tablename__ = "audit_log"
    __table_args__ = STRICT

    id: int = Field(primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": False})
    origin: str = Field(sa_type=Text)
    vkey: str = Field(sa_type=Text)


class AuditEntry(SQLModel, table=True):
    """One fact. `leaf` is canonical JSON, never re-encoded."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("audit_entry_chain", "ticket_id", "ticket_seq", unique=True),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    ticket_id: str = Field(sa_type=Text)
    ticket_seq: int = Field(sa_type=BIG)
    leaf: str = Field(sa_type=Text)
    leaf_hash: bytes = Field(sa_type=LargeBinary)
    mac: bytes = Field(sa_type=LargeBinary)
    mac_kid: int = Field(sa_type=Integer)


class AuditChain(SQLModel, table=True):
    """Where a ticket's chain ends, so that cutting its tail is seen. Locked before an append."""

    __tablename__ = "audit_chain"
    __table_args__ = STRICT

    ticket_id: str = Field(primary_key=True, sa_type=Text)
    seq: int = Field(sa_type=BIG)
    head: bytes = Field(sa_type=LargeBinary)
    rec_us: int = Field(sa_type=BIG)
    mac: bytes = Field(sa_type=LargeBinary)


class AuditPending(SQLModel, table=True):
    """Entries that wait for their place in the log. Commits are not in the order of ids."""

    __tablename__ = "audit_pending"
    __table_args__ = (Index("audit_pending_order", "rec_us", "entry_id"), STRICT)

    entry_id: str = Field(primary_key=True, sa_type=Text)
    rec_us: int = Field(sa_type=BIG)
    leaf_hash: bytes = Field(sa_type=LargeBinary)
    mac: bytes = Field(sa_type=LargeBinary)


class AuditLeaf(SQLModel, table=True):
    """An entry's place in the log."""

    __tablename__ = "audit_leaf"
    __table_args__ = STRICT

    log_index: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    entry_id: str = Field(unique=True, sa_type=Text)
    leaf_hash: bytes = Field(sa_type=LargeBinary)


class AuditTile(SQLModel, table=True):
    """256 hashes of the Merkle tree side by side, and the hash of the subtree they make."""

    __tablename__ = "audit_tile"
    __table_args__ = STRICT

    level: int = Field(primary_key=True, sa_type=Integer)
    idx: int = Field(primary_key=True, sa_type=BIG)
    hashes: bytes = Field(sa_type=LargeBinary)
    root: bytes = Field(sa_type=LargeBinary)


class AuditCheckpoint(SQLModel, table=True):
    """A signed statement of the log's size and root."""

    __tablename__ = "audit_checkpoint"
    __table_args__ = STRICT

    size: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    seq: int = Field(unique=True, sa_type=BIG)
    root: bytes = Field(sa_type=LargeBinary)
    note: str = Field(sa_type=Text)
    note_sha256: bytes = Field(sa_type=LargeBinary)


class AuditAnchor(SQLModel, table=True):
    """That a checkpoint is kept elsewhere: where, and what that place gave for it.

    `kind` is file, git, slack, tsa or witness, `name` which one of that kind. `receipt` is a
    line number, a commit, a message's ts, a time stamp token or a cosigned note; `external_us` the
    time that the other side vouches for. `entry_id` is the entry that says so in the log.
    """

    __tablename__ = "audit_anchor"
    __table_args__ = STRICT

    kind: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(primary_key=True, sa_type=Text)
    size: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    root: bytes = Field(sa_type=LargeBinary)
    receipt: bytes = Field(sa_type=LargeBinary)
    external_us: int | None = Field(default=None, sa_type=BIG)
    entry_id: str = Field(sa_type=Text)


class AuditPayload(SQLModel, table=True):
    """What somebody wrote, encrypted with that person's key; erasable without harm to the log."""

    __tablename__ = "audit_payload"
    __table_args__ = (Index("audit_payload_by_subject", "subject_ref"), STRICT)

    entry_id: str = Field(primary_key=True, sa_type=Text)
    field: str = Field(primary_key=True, sa_type=Text)
    subject_ref: str = Field(sa_type=Text)
    nonce: bytes = Field(sa_type=LargeBinary)
    ciphertext: bytes = Field(sa_type=LargeBinary)


class AuditArtifact(SQLModel, table=True):
    """What a digest in an entry stands for: a prompt, a policy, a plugin's manifest."""

    __tablename__ = "audit_artifact"
    __table_args__ = STRICT

    sha256: bytes = Field(primary_key=True, sa_type=LargeBinary)
    kind: str = Field(sa_type=Text)
    content: bytes = Field(sa_type=LargeBinary)


class AuditIndex(SQLModel, table=True):
    """The columns that people search by; made from the leaves and rebuildable from them."""

    __tablename__ = "audit_index"
    __table_args__ = (
        Index("audit_index_by_ticket", "ticket_id", "ticket_seq"),
        Index("audit_index_by_message", "message_id", "ticket_seq"),
        Index("audit_index_by_kind", "kind", "entry_id"),
        Index("audit_index_by_specialist", "specialist", "entry_id"),
        Index("audit_index_by_time", "rec_us"),
        STRICT,
    )

    entry_id: str = Field(primary_key=True, sa_type=Text)
    ticket_id: str = Field(sa_type=Text)
    ticket_seq: int = Field(sa_type=BIG)
    at_us: int = Field(sa_type=BIG)
    rec_us: int = Field(sa_type=BIG)
    kind: str = Field(sa_type=Text)
    actor_type: str = Field(sa_type=Text)
    actor_id: str = Field(sa_type=Text)
    subject_ref: str | None = Field(default=None, sa_type=Text)
    message_id: str | None = Field(default=None, sa_type=Text)
    specialist: str | None = Field(default=None, sa_type=Text)
    confidence_bp: int | None = Field(default=None, sa_type=Integer)
    outcome: str | None = Field(default=None, sa_type=Text)
    model: str | None = Field(default=None, sa_type=Text)
    cost_microusd: int | None = Field(default=None, sa_type=BIG)


_TABLES = SQLModel.metadata.tables
LOG = _TABLES["audit_log"]
ENTRY = _TABLES["audit_entry"]
CHAIN = _TABLES["audit_chain"]
PENDING = _TABLES["audit_pending"]
LEAF = _TABLES["audit_leaf"]
TILE = _TABLES["audit_tile"]
CHECKPOINT = _TABLES["audit_checkpoint"]
PAYLOAD = _TABLES["audit_payload"]
ARTIFACT = _TABLES["audit_artifact"]
INDEX = _TABLES["audit_index"]
ANCHOR = _TABLES["audit_anchor"]
AUDIT_TABLES = (
    *(LOG, ENTRY, CHAIN, PENDING, LEAF, TILE, CHECKPOINT),
    *(PAYLOAD, ARTIFACT, INDEX, ANCHOR),
)
