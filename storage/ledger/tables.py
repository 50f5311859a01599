"""Tables of the audit trail. An entry's leaf is kept as the exact bytes that were hashed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, Integer, LargeBinary, Select, Text, select, text
from sqlmodel import Field, SQLModel

from storage.tables import BIG, STRICT

UNSURE = "confidence_bp < 8000"
"""Decisions that people look for: an index of their own holds them."""


def _where(name: str, column: str, *more: str) -> Index:
    """An index of the rows that have something in `column`."""
    there = text(f"{column} IS NOT NULL")
    return Index(name, column, *more, sqlite_where=there, postgresql_where=there)


class AuditLog(SQLModel, table=True):
    """Which log this is: its name, and the public key that its checkpoints are signed with.

    There is one row, and one more each time that the log had to be begun anew: the last one counts.
    """

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
    """A text, encrypted with the key of whom it concerns; erasable without harm to the log.

    `subject_ref` is that person. `author_ref` is who wrote it, where that is another: then both
    keys are needed, so erasing either of the two makes the text unreadable.
    """

    __tablename__ = "audit_payload"
    __table_args__ = (
        Index("audit_payload_by_subject", "subject_ref"),
        Index(
            "audit_payload_by_author",
            "author_ref",
            sqlite_where=text("author_ref IS NOT NULL"),
            postgresql_where=text("author_ref IS NOT NULL"),
        ),
        STRICT,
    )

    entry_id: str = Field(primary_key=True, sa_type=Text)
    field: str = Field(primary_key=True, sa_type=Text)
    subject_ref: str = Field(sa_type=Text)
    author_ref: str | None = Field(default=None, sa_type=Text)
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
        Index("audit_index_by_actor", "actor_id", "entry_id"),
        Index("audit_index_by_channel", "channel_id", "kind", "entry_id"),
        Index("audit_index_by_team", "team_id", "entry_id"),
        _where("audit_index_by_subject", "subject_ref", "entry_id"),
        _where("audit_index_by_outcome", "outcome", "entry_id"),
        _where("audit_index_by_model", "model", "entry_id"),
        _where("audit_index_by_cost", "cost_microusd", "entry_id"),
        Index(
            "audit_index_unsure",
            "specialist",
            "entry_id",
            sqlite_where=text(UNSURE),
            postgresql_where=text(UNSURE),
        ),
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
    team_id: str | None = Field(default=None, sa_type=Text)
    channel_id: str | None = Field(default=None, sa_type=Text)
    specialist: str | None = Field(default=None, sa_type=Text)
    route_from: str | None = Field(default=None, sa_type=Text)
    route_to: str | None = Field(default=None, sa_type=Text)
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


def newest_log() -> Select[Any]:
    """The row of the log that is written to now."""
    return select(LOG).order_by(LOG.c.id.desc()).limit(1)
