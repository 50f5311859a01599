"""Random changes of the log's tables with plain SQL: one cell, one row away, one row more."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.ledger.drill.copies import Copy
from storage.ledger.tables import AUDIT_TABLES

TABLES = tuple(sorted(table.name for table in AUDIT_TABLES))
OF_ENTRIES = {"audit_entry": "id"} | dict.fromkeys(
    ("audit_leaf", "audit_pending", "audit_payload", "audit_index", "audit_anchor"), "entry_id"
)


@dataclass(frozen=True, slots=True)
class Change:
    """What was done, and whether verify saw it.

    `located`: a finding names the entry that it was done to, or its place, or there is none.
    """

    what: str
    found: bool
    located: bool


def change(original: Copy, folder: Path, chance: random.Random) -> Change | None:
    """Do something to a copy; None if the table did not take it."""
    copy = original.again(folder)
    table = chance.choice(TABLES)
    ((count,),) = copy.ask(f"SELECT count(*) FROM {table}")  # noqa: S608 - ours
    if not count:
        return None
    ((rowid,),) = copy.ask(
        f"SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET ?",  # noqa: S608 - ours
        chance.randrange(count),
    )
    act = chance.choice((_edit, _edit, _edit, _edit, _delete, _insert))
    about = _about(copy, table, rowid)
    try:
        with copy.unguarded() as connection:
            what = act(connection, table, rowid, chance)
    except sqlite3.IntegrityError:
        return None
    report = copy.verified(overdue_before_us=0)
    named = {(one.entry, one.log_index) for one in report.findings}
    return Change(f"{table}: {what}", not report.ok, act is _insert or _located(about, named))


def _located(
    about: tuple[str, int | None] | None, named: set[tuple[str | None, int | None]]
) -> bool:
    if about is None:
        return True
    entry, place = about
    return any(one == entry or (at is not None and at == place) for one, at in named)


def _about(copy: Copy, table: str, rowid: int) -> tuple[str, int | None] | None:
    if table not in OF_ENTRIES:
        return None
    query = f"SELECT {OF_ENTRIES[table]} FROM {table} WHERE rowid = ?"  # noqa: S608 - ours
    ((entry,),) = copy.ask(query, rowid)
    place = copy.ask("SELECT log_index FROM audit_leaf WHERE entry_id = ?", entry)
    return entry, place[0][0] if place else None


def _columns(connection: sqlite3.Connection, table: str) -> list[tuple[str, str]]:
    rows = connection.execute(f"PRAGMA table_info({table})")
    return [(name, kind) for _, name, kind, *_ in rows]


def _edit(connection: sqlite3.Connection, table: str, rowid: int, chance: random.Random) -> str:
    name, kind = chance.choice(_columns(connection, table))
    query = f"SELECT {name} FROM {table} WHERE rowid = ?"  # noqa: S608 - ours
    (old,) = connection.execute(query, (rowid,)).fetchone()
    new = other(old, kind, chance)
    connection.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (new, rowid))  # noqa: S608 - ours
    return f"{name} of row {rowid} from {old!r} to {new!r}"


def _delete(connection: sqlite3.Connection, table: str, rowid: int, chance: random.Random) -> str:
    connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608 - ours
    return f"row {rowid} deleted"


def _insert(connection: sqlite3.Connection, table: str, rowid: int, chance: random.Random) -> str:
    """The same row again, with some of its cells changed so that its keys are new."""
    columns = _columns(connection, table)
    query = f"SELECT * FROM {table} WHERE rowid = ?"  # noqa: S608 - ours
    row = list(connection.execute(query, (rowid,)).fetchone())
    for at, (_, kind) in enumerate(columns):
        if at < 2 or chance.random() < 0.3:  # noqa: PLR2004 - keys stand at the front
            row[at] = other(row[at], kind, chance)
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608 - ours
    return f"row {rowid} inserted again as {row!r}"


def other(old: Any, kind: str, chance: random.Random) -> Any:
    """Another value for a cell, near to the old one or not."""
    if kind == "INTEGER":
        near = (old or 0) + chance.choice((-1, 1))
        return chance.choice((near, chance.randrange(-(2**62), 2**62)))
    if kind == "TEXT":
        return _other_text(str(old or ""), chance)
    data = bytearray(old or b"\0")
    at = chance.randrange(len(data))
    data[at] ^= 1 << chance.randrange(8)
    return bytes(data) if chance.random() < 0.8 else bytes(data[:at])  # noqa: PLR2004 - mostly


def _other_text(old: str, chance: random.Random) -> str:
    at = chance.randrange(len(old)) if old else 0
    letter = chance.choice('x0é\n{"')
    if old[at : at + 1] == letter:
        letter = "y"
    return chance.choice(
        (old[:at] + letter + old[at + 1 :], old[:at] + old[at + 1 :] + "z", letter)
    )
