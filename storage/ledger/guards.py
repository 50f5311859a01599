"""Guards in the database: the audit trail can be added to, not changed.

On SQLite three triggers a table: `INSERT OR REPLACE` walks past those on UPDATE and DELETE, so
inserting over an existing key is refused too. On PostgreSQL also TRUNCATE, and the triggers fire
for replication roles as well. This stops mistakes, not the owner of the database: finding what an
owner did is the business of `verify`.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy import Connection, text

Keys = tuple[tuple[str, ...], ...]

FIRST: dict[str, Keys] = {
    "audit_log": (("id",),),
    "audit_entry": (("id",), ("ticket_id", "ticket_seq")),
    "audit_leaf": (("log_index",), ("entry_id",)),
    "audit_tile": (("level", "idx"),),
    "audit_checkpoint": (("size",), ("seq",)),
    "audit_artifact": (("sha256",),),
}
"""The tables of the first schema that only grow, and their keys."""

LATER: dict[str, Keys] = {
    "audit_anchor": (("kind", "name", "size"),),
}
"""Those of later schemas: the migration that makes one calls `lay(connection, table)`."""

APPEND_ONLY = FIRST | LATER
"""All tables that only grow. Payloads are not among them: they can be erased."""

CHANGING = frozenset({"audit_chain", "audit_pending", "audit_payload", "audit_index"})
"""Tables of the audit trail that change by their nature; `verify` holds each against the log."""

_BY_SECOND = {sqlite3.SQLITE_ALTER_TABLE, sqlite3.SQLITE_DROP_TRIGGER, sqlite3.SQLITE_DROP_INDEX}
_SCHEMA_CHANGES = {*_BY_SECOND, sqlite3.SQLITE_DROP_TABLE}

_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP; END $$
"""


def refuse_schema_changes(connection: sqlite3.Connection) -> None:
    """Let nobody drop or alter the audit trail's tables, triggers and indexes on a connection.

    SQLite asks when a statement is prepared, not when it runs, so it costs nothing to speak of.
    """
    connection.set_authorizer(_authorized)


def _authorized(act: int, first: str | None, second: str | None, *_: str | None) -> int:
    about = (second if act in _BY_SECOND else first) or ""
    if act in _SCHEMA_CHANGES and about.startswith("audit_"):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def lay(connection: Connection, *tables: str) -> None:
    """Lay the guards of these tables down, or those of the first schema."""
    for statement in statements(connection.dialect.name, *tables):
        connection.execute(text(statement))


def names(dialect: str) -> set[str]:
    """The triggers there must be."""
    kinds = ("rows", "truncate") if dialect == "postgresql" else ("update", "delete", "insert")
    return {f"{table}_no_{kind}" for table in APPEND_ONLY for kind in kinds}


def statements(dialect: str, *tables: str) -> list[str]:
    """What lays them down."""
    wanted = tables or tuple(FIRST)
    if dialect == "postgresql":
        return [_FUNCTION, *(one for table in wanted for one in _postgresql(table))]
    return [one for table in wanted for one in _sqlite(table, APPEND_ONLY[table])]


def _sqlite(table: str, keys: Keys) -> list[str]:
    refuse = f"SELECT RAISE(ABORT, '{table} is append-only');"
    taken = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE "  # noqa: S608 - names from above
        + " AND ".join(f"{column} = NEW.{column}" for column in key)
        + ")"
        for key in keys
    )
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN {refuse} END",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN {refuse} END",
        f"CREATE TRIGGER {table}_no_insert BEFORE INSERT ON {table} WHEN {taken} "
        f"BEGIN {refuse} END",
    ]


def _postgresql(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_rows BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_rows",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
    ]
