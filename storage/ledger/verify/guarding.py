"""Guards: the triggers that must be there, in force, and rights that nobody should have."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, text

from storage.ledger import guards
from storage.ledger.verify.report import Findings

_GUARDS = {
    "sqlite": text("SELECT name FROM sqlite_master WHERE type = 'trigger'"),
    "postgresql": text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'"),
}
_RIGHTS = text(
    "SELECT DISTINCT c.relname, r.rolname, g.privilege_type FROM pg_class c "
    "CROSS JOIN LATERAL aclexplode(c.relacl) g JOIN pg_roles r ON r.oid = g.grantee "
    "WHERE c.relname IN :tables AND g.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE') "
    "AND g.grantee <> c.relowner ORDER BY 1, 2, 3"
).bindparams(bindparam("tables", expanding=True))


def check_guards(findings: Findings, connection: Connection) -> None:
    """Find the guards that the database has lost, and who may change what only grows."""
    dialect = connection.dialect.name
    there = set(connection.execute(_GUARDS[dialect]).scalars())
    for name in sorted(guards.names(dialect) - there):
        findings.add("guard-missing", f"the database has lost its guard {name}")
    if dialect == "postgresql":
        tables = {"tables": sorted(guards.APPEND_ONLY)}
        for table, role, right in connection.execute(_RIGHTS, tables):
            findings.add("guard-missing", f"the role {role} has the right to {right} {table}")
