"""Tables of who gets in.

Names and roles are sealed with a key that is not in the database: who can write here makes nobody
an admin. Of links and sessions only digests are kept: who can read here signs in as nobody.
"""

from __future__ import annotations

from sqlalchemy import Index, Integer, LargeBinary, Text
from sqlmodel import Field, SQLModel

from storage.tables import BIG, STRICT


class Account(SQLModel, table=True):
    """Somebody who may get in; `sealed` is the name and the roles, as JSON."""

    __tablename__ = "account"
    __table_args__ = (STRICT,)

    person_ref: str = Field(primary_key=True, sa_type=Text)
    source: str = Field(sa_type=Text)
    sealed: bytes = Field(sa_type=LargeBinary)
    changed_us: int = Field(sa_type=BIG)
    seen_us: int | None = Field(default=None, sa_type=BIG)


class AccountLink(SQLModel, table=True):
    """A link that signs somebody in once; it is gone when it was used."""

    __tablename__ = "account_link"
    __table_args__ = (STRICT,)

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    person_ref: str = Field(sa_type=Text)
    until_us: int = Field(sa_type=BIG)


class WebSession(SQLModel, table=True):
    """A browser that somebody signed in with. It ends at `ends_us`, or sooner when idle."""

    __tablename__ = "web_session"
    __table_args__ = (Index("web_session_by_person", "person_ref"), STRICT)

    id: str = Field(primary_key=True, sa_type=Text)
    digest: bytes = Field(unique=True, sa_type=LargeBinary)
    person_ref: str = Field(sa_type=Text)
    way: str = Field(sa_type=Text)
    began_us: int = Field(sa_type=BIG)
    seen_us: int = Field(sa_type=BIG)
    ends_us: int = Field(sa_type=BIG)


class SavedSearch(SQLModel, table=True):
    """A search that somebody kept; `sealed` is its name and what it asks, as JSON."""

    __tablename__ = "saved_search"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, sa_type=Text)
    person_ref: str = Field(sa_type=Text)
    shared: int = Field(sa_type=Integer)
    sealed: bytes = Field(sa_type=LargeBinary)


class VerifyRun(SQLModel, table=True):
    """The result of a verification that the desk made; `findings` are the first, as JSON."""

    __tablename__ = "verify_run"
    __table_args__ = (STRICT,)

    at_us: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    took_us: int = Field(sa_type=BIG)
    whole: int = Field(sa_type=Integer)
    checked: int = Field(sa_type=BIG)
    found: int = Field(sa_type=BIG)
    size: int = Field(sa_type=BIG)
    root: str = Field(sa_type=Text)
    findings: str = Field(sa_type=Text)


ACCOUNT = SQLModel.metadata.tables["account"]
ACCOUNT_LINK = SQLModel.metadata.tables["account_link"]
WEB_SESSION = SQLModel.metadata.tables["web_session"]
SAVED_SEARCH = SQLModel.metadata.tables["saved_search"]
VERIFY_RUN = SQLModel.metadata.tables["verify_run"]
