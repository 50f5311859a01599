"""Taking back what was written last, as if it had never been."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

from storage.ledger.drill.copies import Copy
from storage.ledger.drill.rewriting import OF_ENTRIES


def cut(*, checkpoints: bool, memory: bool) -> Callable[[Copy], None]:
    """Undo the last batch."""

    def act(copy: Copy) -> None:
        sizes = copy.ask("SELECT size, root FROM audit_checkpoint ORDER BY size DESC LIMIT 3")
        size, root = sizes[-1]
        with copy.unguarded() as connection:
            lost = [
                entry
                for (entry,) in connection.execute(
                    "SELECT entry_id FROM audit_leaf WHERE log_index >= ?", (size,)
                )
            ]
            undo(connection, copy, lost)
            connection.execute(
                "DELETE FROM audit_tile WHERE (idx + 1) * (256 << (8 * level)) > ?", (size,)
            )
            if checkpoints:
                connection.execute("DELETE FROM audit_checkpoint WHERE size > ?", (size,))
        if memory:
            state = next(copy.keys.glob("*/signer.state"))
            state.write_text(json.dumps({"size": size, "root": root.hex()}), encoding="ascii")

    return act


def undo(connection: sqlite3.Connection, copy: Copy, lost: list[str]) -> None:
    """Take entries back, and the ends of their chains with the stolen key."""
    keys = copy.opened_keys()
    tickets = {
        ticket
        for entry in lost
        for (ticket,) in connection.execute(
            "SELECT ticket_id FROM audit_entry WHERE id = ?", (entry,)
        )
    }
    for table, column in OF_ENTRIES.items():
        change = f"DELETE FROM {table} WHERE {column} = ?"  # noqa: S608 - ours
        connection.executemany(change, [(entry,) for entry in lost])
    connection.executemany("DELETE FROM audit_anchor WHERE entry_id = ?", [(one,) for one in lost])
    for ticket in tickets:
        last = connection.execute(
            "SELECT ticket_seq, leaf_hash, json_extract(leaf, '$.rec') FROM audit_entry "
            "WHERE ticket_id = ? ORDER BY ticket_seq DESC LIMIT 1",
            (ticket,),
        ).fetchone()
        if last is None:
            forget_ticket(connection, ticket)
            continue
        mac = keys.chain_mac(ticket, *last)
        connection.execute(
            "UPDATE audit_chain SET seq = ?, head = ?, rec_us = ?, mac = ? WHERE ticket_id = ?",
            (*last, mac, ticket),
        )
    gone = "(SELECT sha256 FROM audit_artifact WHERE lower(hex(sha256)) NOT IN (SELECT "
    kept = (
        "json_extract(leaf, '$.body.sha256') FROM audit_entry WHERE leaf LIKE '%artifact:kept%'))"
    )
    connection.execute(f"DELETE FROM audit_artifact WHERE sha256 IN {gone}{kept}")  # noqa: S608 - ours
    keys.subjects.close()


def forget_ticket(connection: sqlite3.Connection, ticket: str) -> None:
    """Take a ticket away from the tables that the log explains."""
    messages = "(SELECT id FROM message WHERE ticket_id = ?)"
    connection.execute("PRAGMA defer_foreign_keys = ON")
    connection.execute("DELETE FROM audit_chain WHERE ticket_id = ?", (ticket,))
    connection.execute(f"DELETE FROM post WHERE message_id IN {messages}", (ticket,))  # noqa: S608 - ours
    connection.execute("DELETE FROM message WHERE ticket_id = ?", (ticket,))
    connection.execute("DELETE FROM ticket WHERE id = ?", (ticket,))
