"""What somebody does to a log: the ways in which the drill tampers with a copy."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from router import facts
from router.records import OutcomeKind
from storage.database import open_store
from storage.ledger.drill.copies import Copy
from storage.ledger.drill.rewriting import OF_ENTRIES, Leaf, rewrite
from storage.ledger.drill.undoing import cut, forget_ticket, undo
from storage.ledger.merkle import leaf_hash


def sql(*statements: str) -> Callable[[Copy], None]:
    """Run statements as they are."""

    def act(copy: Copy) -> None:
        with copy.unguarded() as connection:
            for statement in statements:
                connection.execute(statement)

    return act


def _some(copy: Copy, kind: str = "route:decided") -> tuple[str, str, str]:
    """An entry in the middle of the log: its id, ticket and leaf."""
    ((count,),) = copy.ask("SELECT count(*) FROM audit_index WHERE kind = ?", kind)
    ((entry, ticket, leaf),) = copy.ask(
        "SELECT e.id, e.ticket_id, e.leaf FROM audit_entry e JOIN audit_index i "
        "ON i.entry_id = e.id WHERE i.kind = ? ORDER BY e.id LIMIT 1 OFFSET ?",
        kind,
        count // 2,
    )
    return entry, ticket, leaf


def _forged(leaf: str) -> str:
    content = json.loads(leaf)
    content["body"]["decision"]["confidence_bp"] += 1
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def edit(*tables: str) -> Callable[[Copy], None]:
    """Change an entry, and its hash in these tables."""

    def act(copy: Copy) -> None:
        entry, _, leaf = _some(copy)
        forged = _forged(leaf)
        hashed = leaf_hash(forged.encode())
        with copy.unguarded() as connection:
            connection.execute("UPDATE audit_entry SET leaf = ? WHERE id = ?", (forged, entry))
            for table in tables:
                change = f"UPDATE {table} SET leaf_hash = ? WHERE {OF_ENTRIES[table]} = ?"  # noqa: S608 - ours
                connection.execute(change, (hashed, entry))

    return act


def anew(which: str, *, stolen: bool) -> Callable[[Copy], None]:
    """Write the whole history anew with one entry changed, or one ticket gone."""

    def act(copy: Copy) -> None:
        entry, ticket, _ = _some(copy)

        def edit(leaf: Leaf) -> Leaf | None:
            if which == "delete":
                return None if leaf["ticket"] == ticket else leaf
            if leaf["id"] == entry:
                leaf["body"]["decision"]["confidence_bp"] += 1
            return leaf

        rewrite(copy, edit, signer=None if stolen else Ed25519PrivateKey.generate())
        if which == "delete":
            with copy.unguarded() as connection:
                forget_ticket(connection, ticket)

    return act


def gone(copy: Copy) -> None:
    """Take an entry away, and every row about it."""
    entry, _, _ = _some(copy)
    with copy.unguarded() as connection:
        for table, column in OF_ENTRIES.items():
            connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (entry,))  # noqa: S608 - ours


def ticket_gone(copy: Copy) -> None:
    """Take a ticket away, and everything about it."""
    _, ticket, _ = _some(copy)
    with copy.unguarded() as connection:
        for table, column in OF_ENTRIES.items():
            connection.execute(
                f"DELETE FROM {table} WHERE {column} IN "  # noqa: S608 - ours
                "(SELECT entry_id FROM audit_index WHERE ticket_id = ?)",
                (ticket,),
            )
        forget_ticket(connection, ticket)


def fork(copy: Copy) -> None:
    """Go back to an older backup of everything, and write on."""
    cut(checkpoints=True, memory=True)(copy)
    asyncio.run(_told(copy, lies=False))


def forged_row(copy: Copy) -> None:
    """A whole entry, made by somebody who knows the format but not the key."""
    ((leaf, seq, head),) = copy.ask(
        "SELECT e.leaf, c.seq, c.head FROM audit_entry e JOIN audit_chain c "
        "ON c.ticket_id = e.ticket_id AND c.seq = e.ticket_seq WHERE e.ticket_id = 'desk'"
    )
    content = json.loads(leaf) | {"id": "forged", "tseq": seq + 1, "prev": head.hex()}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    hashed = leaf_hash(text.encode())
    with copy.unguarded() as connection:
        row = ("forged", "desk", seq + 1, text, hashed, bytes(32), content["mac_kid"])
        connection.execute("INSERT INTO audit_entry VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        waits = ("forged", content["rec"], hashed, bytes(32))
        connection.execute("INSERT INTO audit_pending VALUES (?, ?, ?, ?)", waits)


async def _told(copy: Copy, *, lies: bool) -> None:
    """Put something on record as the desk itself does; a lie says more than what was approved."""
    store = open_store(f"sqlite:///{copy.file}", copy.keys)
    message, ticket = copy.ask("SELECT id, ticket_id FROM message ORDER BY id LIMIT 1")[0]
    about: dict[str, Any] = {"ticket": ticket, "message": message, "actor": "system:desk"}
    if lies:
        texts = {"post": "You get everything back.", "outcome": "{}"}
        lie = facts.PostIntended(**about, key="lie", outcome=OutcomeKind.REPLIED, texts=texts)
        await store.write(lambda connection, appender: appender.append(connection, (lie,)))
    else:
        await store.record(facts.ThreadQuieted(**about, quiet=False, why="addressed"))
    await store.close()


def swapped(copy: Copy) -> None:
    """Let two texts change places."""
    (one, first), (other, second) = copy.ask(
        "SELECT rowid, ciphertext FROM audit_payload WHERE field = 'draft' ORDER BY rowid LIMIT 2"
    )
    with copy.unguarded() as connection:
        change = "UPDATE audit_payload SET ciphertext = ? WHERE rowid = ?"
        connection.executemany(change, [(second, one), (first, other)])


def _reordered(connection: sqlite3.Connection) -> None:
    for old, new in ((40, -1), (60, 40), (-1, 60)):
        change = "UPDATE audit_leaf SET log_index = ? WHERE log_index = ?"
        connection.execute(change, (new, old))


def reorder(copy: Copy) -> None:
    """Let two entries change places in the log."""
    with copy.unguarded() as connection:
        _reordered(connection)


def reorder_signed(copy: Copy) -> None:
    """… and make everything fit, with all keys."""
    reorder(copy)
    rewrite(copy, lambda leaf: leaf)


def unsequenced_end(copy: Copy) -> None:
    """The last entry of a ticket goes before it has a place in the log, chain's end and all."""
    asyncio.run(_unsequenced(copy))
    waiting = copy.ask("SELECT entry_id FROM audit_pending ORDER BY rec_us DESC LIMIT 1")
    with copy.unguarded() as connection:
        undo(connection, copy, [entry for (entry,) in waiting])


async def _unsequenced(copy: Copy) -> None:
    """Leave an entry waiting, as a killed process does."""
    file, log = copy.folder / "waiting.db", copy.folder / "waiting.db-wal"
    state = next(copy.keys.glob("*/signer.state"))
    memory = state.read_bytes()
    store = open_store(f"sqlite:///{copy.file}", copy.keys)
    ticket = copy.ask("SELECT id FROM ticket ORDER BY id LIMIT 1")[0][0]
    fact = facts.ThreadQuieted(ticket=ticket, actor="system:desk", quiet=False, why="addressed")
    await store.record(fact)
    shutil.copy(copy.file, file)
    shutil.copy(f"{copy.file}-wal", log)
    await store.close()
    file.replace(copy.file)
    log.replace(f"{copy.file}-wal")
    state.write_bytes(memory)


def waiting(copy: Copy) -> None:
    """Leave an entry waiting for its place in the log."""
    asyncio.run(_unsequenced(copy))


def lie(copy: Copy) -> None:
    """The desk says that it posts what nobody approved."""
    asyncio.run(_told(copy, lies=True))


def quiet_lie(copy: Copy) -> None:
    """The desk says what did not happen."""
    asyncio.run(_told(copy, lies=False))


def unguard(copy: Copy) -> None:
    """Drop a guard."""
    connection = sqlite3.connect(copy.file, isolation_level=None)
    connection.execute("DROP TRIGGER audit_entry_no_update")
    connection.close()


def rename(copy: Copy) -> None:
    """Put a table where nobody looks for it."""
    connection = sqlite3.connect(copy.file, isolation_level=None)
    connection.execute("ALTER TABLE audit_tile RENAME TO elsewhere")
    connection.close()


_MIDDLE = "(SELECT rowid FROM {0} ORDER BY rowid LIMIT 1 OFFSET (SELECT count(*) / 2 FROM {0}))"


def set_cells(table: str, change: str) -> Callable[[Copy], None]:
    """Change cells of the row in the middle."""
    middle = _MIDDLE.format(table)
    return sql(f"UPDATE {table} SET {change} WHERE rowid = {middle}")  # noqa: S608 - ours


def drop(table: str) -> Callable[[Copy], None]:
    """Delete the row in the middle."""
    return sql(f"DELETE FROM {table} WHERE rowid = {_MIDDLE.format(table)}")  # noqa: S608 - ours
