"""Roles of a PostgreSQL database: who may do what to the audit trail, and who owns it.

    audit_owner    owns the tables; nobody logs in as it, migrations take it on
    audit_app      the desk: adds entries and reads them, works on everything that is no audit trail
    audit_seq      gives entries their place in the log and lists checkpoints
    audit_review   reads everything but the texts
    audit_privacy  erases texts

The role that the desk logs in with is a member of those that it needs. So even a desk that was
taken over can add lies and can change nothing that it said before. Laying them down is the work of
an administrator, once for each release: `frontdesk db roles`.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, inspect, text

from storage.ledger.guards import APPEND_ONLY

OWNER, APP, SEQUENCER, REVIEW, PRIVACY = (
    *("audit_owner", "audit_app", "audit_seq", "audit_review", "audit_privacy"),
)
ROLES = (OWNER, APP, SEQUENCER, REVIEW, PRIVACY)
OF_THE_DESK = (APP, SEQUENCER, PRIVACY)

_PREFIX = "audit_"
_SEQUENCED = ("audit_leaf", "audit_tile", "audit_checkpoint")
_PAYLOAD = ("entry_id", "field", "subject_ref", "author_ref")
"""What reviewers may see of a text: that it is there, and whose it is."""

_NO_DROP = """
CREATE OR REPLACE FUNCTION audit_no_drop() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE gone record;
BEGIN
  IF current_setting('frontdesk.migrating', true) = 'on' THEN RETURN; END IF;
  FOR gone IN SELECT * FROM pg_event_trigger_dropped_objects() LOOP
    IF gone.object_identity LIKE '%audit\\_%' AND gone.object_type IN ('table', 'trigger') THEN
      RAISE EXCEPTION 'the audit trail is not dropped: %', gone.object_identity;
    END IF;
  END LOOP;
END $$
"""
_NO_ALTER = """
CREATE OR REPLACE FUNCTION audit_no_alter() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
  IF current_setting('frontdesk.migrating', true) = 'on' THEN RETURN; END IF;
  FOR one IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
    IF one.object_identity LIKE '%.audit\\_%'
      AND one.command_tag IN ('ALTER TABLE', 'ALTER TRIGGER')
    THEN RAISE EXCEPTION 'the audit trail is not altered: %', one.object_identity;
    END IF;
  END LOOP;
END $$
"""
EVENT_TRIGGERS = ("audit_no_drop", "audit_no_alter")


def migrating(connection: Connection) -> None:
    """Let a transaction change the schema of the audit trail."""
    connection.execute(text("SELECT set_config('frontdesk.migrating', 'on', true)"))


def statements(connection: Connection, login: str = "") -> Iterator[str]:
    """What lays the roles down; `login` is the role that the desk logs in with."""
    for role in ROLES:
        yield _made(role)
    tables = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
    for table in tables:
        yield f"REVOKE ALL ON {table} FROM PUBLIC, {', '.join(ROLES)}"
        yield from _grants(table)
        if table.startswith(_PREFIX):
            yield f"ALTER TABLE {table} OWNER TO {OWNER}"
    yield f"GRANT SELECT ON alembic_version TO {APP}, {REVIEW}"
    if login:
        name = connection.dialect.identifier_preparer.quote(login)
        yield f"GRANT {', '.join(OF_THE_DESK)} TO {name}"


def event_triggers() -> Iterator[str]:
    """What refuses to drop and to alter the tables; it takes a superuser to lay it down."""
    yield _NO_DROP
    yield _NO_ALTER
    for name, event in zip(EVENT_TRIGGERS, ("sql_drop", "ddl_command_end"), strict=True):
        yield f"DROP EVENT TRIGGER IF EXISTS {name}"
        yield f"CREATE EVENT TRIGGER {name} ON {event} EXECUTE FUNCTION {name}()"
        yield f"ALTER EVENT TRIGGER {name} ENABLE ALWAYS"


def _made(role: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
        f"THEN CREATE ROLE {role} NOLOGIN; END IF; END $$"
    )


def _grants(table: str) -> Iterator[str]:
    if not table.startswith(_PREFIX):
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}"
        return
    if table == "audit_payload":
        yield f"GRANT SELECT, INSERT ON {table} TO {APP}"
        yield f"GRANT SELECT, DELETE ON {table} TO {PRIVACY}"
        yield f"GRANT SELECT ({', '.join(_PAYLOAD)}) ON {table} TO {REVIEW}"
        return
    yield f"GRANT SELECT ON {table} TO {APP}, {SEQUENCER}, {REVIEW}, {PRIVACY}"
    if table in _SEQUENCED:
        yield f"GRANT INSERT ON {table} TO {SEQUENCER}"
    else:
        yield f"GRANT INSERT ON {table} TO {APP}, {SEQUENCER}"
    if table == "audit_pending":
        yield f"GRANT DELETE ON {table} TO {SEQUENCER}"
    elif table not in APPEND_ONLY:
        yield f"GRANT UPDATE, DELETE ON {table} TO {APP}"
