"""What the other doors need remembered: who may come in, what came in once, what is to go out.

As in `storage.tables` nothing here is text that somebody wrote. A token is kept as its digest, the
secret that signs its callbacks is encrypted with a key that is not in the database.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index, Integer, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from storage.tables import BIG, STRICT


class CallbackState(StrEnum):
    """What became of a callback."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


class ApiToken(SQLModel, table=True):
    """Who may use the API. `digest` is the SHA-256 of the token, `scopes` are words.

    `workspace` limits it to the tickets of one workspace, if it is not empty. `callback` is where
    answers go unless a ticket says otherwise; `secret` signs them.
    """

    __tablename__ = "api_token"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    digest: bytes = Field(unique=True, sa_type=LargeBinary)
    scopes: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    callback: str = Field(sa_type=Text)
    secret: bytes = Field(sa_type=LargeBinary)
    created_us: int = Field(sa_type=BIG)
    expires_us: int | None = Field(default=None, sa_type=BIG)
    revoked_us: int | None = Field(default=None, sa_type=BIG)


class ApiRequest(SQLModel, table=True):
    """A request that was carried out, and its answer; the same key again gives the same answer.

    `key` is a digest of the door, its user and the key that was given; `body` of what was sent.
    """

    __tablename__ = "api_request"
    __table_args__ = (Index("api_request_by_time", "at_us"), STRICT)

    key: str = Field(primary_key=True, sa_type=Text)
    body: str = Field(sa_type=Text)
    ticket_id: str = Field(sa_type=Text)
    message_id: str = Field(sa_type=Text)
    at_us: int = Field(sa_type=BIG)


class DoorTicket(SQLModel, table=True):
    """A ticket that came in by another door. `token_id` is who brought it, empty for webhooks."""

    __tablename__ = "door_ticket"
    __table_args__ = (STRICT,)

    ticket_id: str = Field(foreign_key="ticket.id", primary_key=True, sa_type=Text)
    token_id: str = Field(sa_type=Text)
    callback: str = Field(sa_type=Text)


class Callback(SQLModel, table=True):
    """Something to tell a caller; `id` is the entry that says it happened, and tells repeats.

    `text_entry` holds what is told, as its text `field`; there is none where a change is told.
    Whoever set `held_until_us` to a time that has not passed is the one who sends it.
    """

    __tablename__ = "callback"
    __table_args__ = (
        Index(
            "callback_due",
            "next_us",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("callback_by_ticket", "ticket_id", "id"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    ticket_id: str = Field(foreign_key="ticket.id", sa_type=Text)
    event: str = Field(sa_type=Text)
    field: str = Field(sa_type=Text)
    text_entry: str | None = Field(default=None, sa_type=Text)
    state: str = Field(sa_type=Text)
    tries: int = Field(sa_type=Integer)
    next_us: int = Field(sa_type=BIG)
    held_until_us: int = Field(sa_type=BIG)
    at_us: int = Field(sa_type=BIG)


class Satisfaction(SQLModel, table=True):
    """What a requester says of a whole ticket: the latest. It names the decision it is about."""

    __tablename__ = "satisfaction"
    __table_args__ = (Index("satisfaction_by_specialist", "specialist", "version"), STRICT)

    ticket_id: str = Field(foreign_key="ticket.id", primary_key=True, sa_type=Text)
    score: int = Field(sa_type=Integer)
    person_ref: str = Field(sa_type=Text)
    decision: str | None = Field(default=None, sa_type=Text)
    specialist: str | None = Field(default=None, sa_type=Text)
    version: str | None = Field(default=None, sa_type=Text)
    at_us: int = Field(sa_type=BIG)


class Incident(SQLModel, table=True):
    """Many tickets about the same. `answer_entry` holds what all of them are told."""

    __tablename__ = "incident"
    __table_args__ = (Index("incident_by_state", "state", "id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Text)
    workspace: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    ticket_id: str = Field(foreign_key="ticket.id", sa_type=Text)
    by_ref: str | None = Field(default=None, sa_type=Text)
    answer_entry: str | None = Field(default=None, sa_type=Text)
    proposed_us: int = Field(sa_type=BIG)
    changed_us: int = Field(sa_type=BIG)


class IncidentTicket(SQLModel, table=True):
    """A ticket of an incident; a ticket belongs to one at most. `told` is what it was answered."""

    __tablename__ = "incident_ticket"
    __table_args__ = (Index("incident_ticket_by_incident", "incident_id", "ticket_id"), STRICT)

    ticket_id: str = Field(foreign_key="ticket.id", primary_key=True, sa_type=Text)
    incident_id: str = Field(foreign_key="incident.id", sa_type=Text)
    similarity_bp: int = Field(sa_type=Integer)
    told: str | None = Field(default=None, sa_type=Text)


class SlackSeen(SQLModel, table=True):
    """How far a channel was compared with what Slack has; `ts` is a timestamp of Slack."""

    __tablename__ = "slack_seen"
    __table_args__ = (STRICT,)

    workspace: str = Field(primary_key=True, sa_type=Text)
    channel: str = Field(primary_key=True, sa_type=Text)
    ts: str = Field(sa_type=Text)
    at_us: int = Field(sa_type=BIG)


API_TOKEN = SQLModel.metadata.tables["api_token"]
API_REQUEST = SQLModel.metadata.tables["api_request"]
DOOR_TICKET = SQLModel.metadata.tables["door_ticket"]
CALLBACK = SQLModel.metadata.tables["callback"]
SATISFACTION = SQLModel.metadata.tables["satisfaction"]
INCIDENT = SQLModel.metadata.tables["incident"]
INCIDENT_TICKET = SQLModel.metadata.tables["incident_ticket"]
SLACK_SEEN = SQLModel.metadata.tables["slack_seen"]
