"""Every way to change the audit trail with plain SQL is found, and the first bad entry is named."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from storage.ledger.merkle import leaf_hash
from storage.ledger.verify import verify
from tests.storage.ledger.verify.tampering import TABLES, Copy

OF_ENTRIES = {
    "audit_entry": "id",
    "audit_leaf": "entry_id",
    "audit_pending": "entry_id",
    "audit_payload": "entry_id",
    "audit_index": "entry_id",
}


def test_untouched_copy_is_clean(copy: Copy) -> None:
    report = copy.verified()
    assert report.ok, report.findings
    assert report.skipped == ()
    assert report.checked > report.size > 256
    assert report.checked - report.size == 27
    assert copy.ask("SELECT count(*) FROM audit_pending") == [(27,)]


def test_without_keys_it_is_clean_and_says_what_was_left_out(copy: Copy) -> None:
    report = copy.verified(keys=False)
    assert report.ok, report.findings
    assert any("MAC" in skipped for skipped in report.skipped)


@pytest.mark.parametrize("place", ["first", "middle", "last"])
@pytest.mark.parametrize("table", TABLES)
def test_deleted_row_is_found(copy: Copy, table: str, place: str) -> None:
    (row,) = _picked(copy, table, place)
    with copy.unguarded() as connection:
        connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
    assert not copy.verified().ok
    assert not copy.verified(keys=False).ok


@pytest.mark.parametrize("keys", [True, False])
@pytest.mark.parametrize("table", [name for name in TABLES if name != "audit_log"])
def test_emptied_table_is_found(copy: Copy, table: str, keys: bool) -> None:
    with copy.unguarded() as connection:
        connection.execute(f"DELETE FROM {table}")
    assert not copy.verified(keys=keys).ok


@pytest.mark.parametrize("table", TABLES)
def test_dropped_table_is_found(copy: Copy, table: str) -> None:
    with closing(sqlite3.connect(copy.file)) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
    assert _codes(copy) == {"table-missing"}


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_deleted_ticket_is_found(copy: Copy, place: str) -> None:
    tickets = copy.ask("SELECT id FROM ticket ORDER BY id")
    ticket = tickets[{"first": 0, "middle": len(tickets) // 2, "last": -1}[place]]
    with copy.unguarded() as connection:
        for table in ("audit_payload", "audit_pending", "audit_leaf"):
            connection.execute(
                f"DELETE FROM {table} WHERE entry_id IN "
                "(SELECT id FROM audit_entry WHERE ticket_id = ?)",
                ticket,
            )
        for table in ("audit_entry", "audit_index", "audit_chain"):
            connection.execute(f"DELETE FROM {table} WHERE ticket_id = ?", ticket)
    assert not copy.verified().ok


def test_cut_tail_of_a_ticket_is_found_before_sequencing(copy: Copy) -> None:
    """Nothing is left but the chain's old end, put together as well as can be without the key."""
    ((entry, ticket, seq),) = copy.ask(
        "SELECT id, ticket_id, ticket_seq FROM audit_entry WHERE id IN "
        "(SELECT entry_id FROM audit_pending) ORDER BY ticket_id, ticket_seq DESC LIMIT 1"
    )
    with copy.unguarded() as connection:
        _forget(connection, entry)
        connection.execute(
            "UPDATE audit_chain SET seq = seq - 1, (head, rec_us) = (SELECT leaf_hash, "
            "json_extract(leaf, '$.rec') FROM audit_entry WHERE ticket_id = ?1 AND "
            "ticket_seq = ?2) WHERE ticket_id = ?1",
            (ticket, seq - 1),
        )
    report = copy.verified()
    assert [finding.ticket for finding in report.findings] == [ticket]
    assert copy.verified(keys=False).ok  # this one needs the key


@pytest.mark.parametrize("seq", [1, 4, 9])
def test_deleted_entry_is_named(copy: Copy, seq: int) -> None:
    entry, index = _some_entry(copy, seq)
    with copy.unguarded() as connection:
        connection.execute("DELETE FROM audit_entry WHERE id = ?", (entry,))
    first = copy.verified().findings[0]
    assert (first.code, first.entry, first.log_index) == ("entry-missing", entry, index)


@pytest.mark.parametrize("seq", [1, 4, 9])
def test_entry_deleted_everywhere_leaves_a_gap(copy: Copy, seq: int) -> None:
    entry, index = _some_entry(copy, seq)
    with copy.unguarded() as connection:
        _forget(connection, entry)
    first = copy.verified().findings[0]
    assert (first.code, first.log_index) == ("log-gap", index)


@pytest.mark.parametrize("rehashed", [False, True])
@pytest.mark.parametrize("keys", [True, False])
def test_changed_entry_is_the_first_that_is_named(copy: Copy, rehashed: bool, keys: bool) -> None:
    entry, index = _some_entry(copy, 4)
    ((leaf,),) = copy.ask("SELECT leaf FROM audit_entry WHERE id = ?", entry)
    forged = leaf.replace('"confidence_bp":9000', '"confidence_bp":9999')
    assert forged != leaf
    with copy.unguarded() as connection:
        connection.execute("UPDATE audit_entry SET leaf = ? WHERE id = ?", (forged, entry))
        if rehashed:
            _rehash(connection, entry, forged)
    report = copy.verified(keys=keys)
    assert report.findings[0].log_index == index
    assert {"root-mismatch", "entry-hash"} & {finding.code for finding in report.findings}


def test_forged_entry_is_found_by_its_missing_mac(copy: Copy) -> None:
    with copy.unguarded() as connection:
        leaf = _forged(connection)
        connection.execute(
            "INSERT INTO audit_pending VALUES ('forged', 1, ?, zeroblob(32))", (leaf_hash(leaf),)
        )
    findings = copy.verified().findings
    assert "origin-mac" in {one.code for one in findings if one.entry == "forged"}


@pytest.mark.parametrize("table", TABLES)
def test_inserted_row_is_found(copy: Copy, table: str) -> None:
    """A copy of a row under new keys: all of it looks right, but nothing explains it."""
    columns = [name for name, _, _ in copy.columns(table)]
    keys = {
        "audit_log": {"id": "2"},
        "audit_entry": {"id": "'new'", "ticket_id": "'new'"},
        "audit_chain": {"ticket_id": "'new'"},
        "audit_tile": {"idx": "idx + 1"},
        "audit_leaf": {"log_index": "log_index + 1000", "entry_id": "'new'"},
        "audit_checkpoint": {"size": "size + 1000", "seq": "seq + 1000"},
        "audit_artifact": {"sha256": "randomblob(32)"},
    }.get(table, {"entry_id": "'new'"})
    values = ", ".join(keys.get(name, name) for name in columns)
    with copy.unguarded() as connection:
        connection.execute(f"INSERT INTO {table} SELECT {values} FROM {table} LIMIT 1")
    assert not copy.verified().ok
    assert not copy.verified(keys=False).ok


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("audit_entry", "leaf"),
        ("audit_entry", "leaf_hash"),
        ("audit_entry", "mac"),
        ("audit_leaf", "leaf_hash"),
        ("audit_payload", "ciphertext"),
        ("audit_payload", "nonce"),
        ("audit_payload", "subject_ref"),
        ("audit_chain", "head"),
        ("audit_chain", "mac"),
        ("audit_pending", "leaf_hash"),
        ("audit_pending", "mac"),
        ("audit_checkpoint", "root"),
        ("audit_checkpoint", "note"),
        ("audit_artifact", "content"),
        ("audit_index", "actor_id"),
        ("audit_index", "rec_us"),
    ],
)
def test_swapped_cells_are_found(copy: Copy, table: str, column: str) -> None:
    (one,) = _picked(copy, table, "middle")
    ((other,),) = copy.ask(
        f"SELECT rowid FROM {table} WHERE {column} <> "
        f"(SELECT {column} FROM {table} WHERE rowid = ?) LIMIT 1",
        one,
    )
    query = f"SELECT {column} FROM {table} WHERE rowid = ?"
    ((first,),), ((second,),) = copy.ask(query, one), copy.ask(query, other)
    with copy.unguarded() as connection:
        change = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"
        connection.executemany(change, [(second, one), (first, other)])
    assert not copy.verified().ok


def test_reordered_log_is_found_at_the_first_wrong_place(copy: Copy) -> None:
    with copy.unguarded() as connection:
        for old, new in ((40, -1), (60, 40), (-1, 60)):
            connection.execute(
                "UPDATE audit_leaf SET log_index = ? WHERE log_index = ?", (new, old)
            )
    for keys in (True, False):
        first = copy.verified(keys=keys).findings[0]
        assert first.log_index == 40


def test_row_before_the_first_place_is_named(copy: Copy) -> None:
    ((entry,),) = copy.ask("SELECT entry_id FROM audit_leaf WHERE log_index = 50")
    with copy.unguarded() as connection:
        connection.execute("UPDATE audit_leaf SET log_index = -1 WHERE log_index = 50")
    first = copy.verified().findings[0]
    assert (first.code, first.entry) == ("log-gap", entry)


def test_reordered_ticket_is_found(copy: Copy) -> None:
    first, _ = _some_entry(copy, 4)
    second, _ = _some_entry(copy, 5)
    with copy.unguarded() as connection:
        for entry, seq in ((first, 99), (second, 4), (first, 5)):
            connection.execute("UPDATE audit_entry SET ticket_seq = ? WHERE id = ?", (seq, entry))
    assert {"ticket-chain", "column-drift"} <= _codes(copy)


def test_log_cut_back_to_an_older_checkpoint_is_found_by_the_signers_memory(copy: Copy) -> None:
    """The last batch is undone so well that nothing in the database shows it."""
    ((size,),) = copy.ask("SELECT size FROM audit_checkpoint ORDER BY size DESC LIMIT 1 OFFSET 1")
    with copy.unguarded() as connection:
        connection.execute("DELETE FROM audit_checkpoint WHERE size > ?", (size,))
        listed = connection.execute(
            "SELECT entry_id FROM audit_leaf WHERE log_index = ?", (size,)
        ).fetchone()
        connection.execute(
            "INSERT INTO audit_pending SELECT e.id, json_extract(e.leaf, '$.rec'), e.leaf_hash, "
            "e.mac FROM audit_entry e JOIN audit_leaf l ON l.entry_id = e.id "
            "WHERE l.log_index >= ?",
            (size,),
        )
        connection.execute("DELETE FROM audit_leaf WHERE log_index >= ?", (size,))
        connection.execute("DELETE FROM audit_tile")
    assert listed
    assert "signer-memory" in _codes(copy)


def test_entry_that_waits_too_long_is_found_when_asked_for(copy: Copy) -> None:
    report = verify(f"sqlite:///{copy.file}", copy.keys, overdue_before_us=2**60)
    assert {finding.code for finding in report.findings} == {"unsequenced-overdue"}
    assert report.found == 27


def test_missing_guard_is_found(copy: Copy) -> None:
    with closing(sqlite3.connect(copy.file)) as connection:
        connection.execute("DROP TRIGGER audit_entry_no_update")
    assert _codes(copy) == {"guard-missing"}


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(data=st.data())
def test_any_changed_cell_is_found_and_located(
    original: Copy, tmp_path: Path, data: st.DataObject
) -> None:
    copy = original.copied(tmp_path)
    table = data.draw(st.sampled_from(TABLES), "table")
    ((rows,),) = copy.ask(f"SELECT count(*) FROM {table}")
    offset = data.draw(st.integers(0, rows - 1), "row")
    ((rowid,),) = copy.ask(f"SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET ?", offset)
    name, kind, nullable = data.draw(st.sampled_from(copy.columns(table)), "column")
    ((old,),) = copy.ask(f"SELECT {name} FROM {table} WHERE rowid = ?", rowid)
    new = data.draw(_other_value(kind, old, nullable), "value")
    about = _entry_of(copy, table, rowid)
    try:
        with copy.unguarded() as connection:
            connection.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (new, rowid))
    except sqlite3.IntegrityError:
        assume(False)
    report = copy.verified()
    assert not report.ok, (table, name, old, new)
    if about is not None:
        entry, index = about
        named = {(one.entry, one.log_index) for one in report.findings}
        assert any(entry == one or index == at for one, at in named if one or at is not None), named


def _other_value(kind: str, old: Any, nullable: bool) -> st.SearchStrategy[Any]:
    if kind == "INTEGER":
        near = st.sampled_from([(old or 0) + 1, (old or 0) - 1])
        values: st.SearchStrategy[Any] = st.one_of(near, st.integers(-(2**62), 2**62))
    elif kind == "TEXT":
        text = str(old or "")
        near = st.integers(0, max(len(text) - 1, 0)).map(
            lambda at: text[:at] + "x" + text[at + 1 :]
        )
        values = st.one_of(near, st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
    else:
        data = bytes(old or b"")
        near = st.integers(0, max(len(data) - 1, 0)).map(
            lambda at: data[:at] + bytes([(data[at] if data else 0) ^ 1]) + data[at + 1 :]
        )
        values = st.one_of(near, st.binary(max_size=40))
    choices = st.one_of(values, st.none()) if nullable else values
    return choices.filter(lambda value: value != old)


def _entry_of(copy: Copy, table: str, rowid: int) -> tuple[str, int | None] | None:
    if table not in OF_ENTRIES:
        return None
    ((entry,),) = copy.ask(f"SELECT {OF_ENTRIES[table]} FROM {table} WHERE rowid = ?", rowid)
    place = copy.ask("SELECT log_index FROM audit_leaf WHERE entry_id = ?", entry)
    return entry, place[0][0] if place else None


def _picked(copy: Copy, table: str, place: str) -> tuple[int]:
    ((rows,),) = copy.ask(f"SELECT count(*) FROM {table}")
    offset = {"first": 0, "middle": rows // 2, "last": rows - 1}[place]
    ((row,),) = copy.ask(f"SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET ?", offset)
    return (row,)


def _some_entry(copy: Copy, seq: int) -> tuple[str, int]:
    """An entry in the middle of the log, by its place in its ticket, and its place in the log."""
    ((entry, index),) = copy.ask(
        "SELECT e.id, l.log_index FROM audit_entry e JOIN audit_leaf l ON l.entry_id = e.id "
        "WHERE e.ticket_seq = ? AND e.ticket_id = (SELECT id FROM ticket ORDER BY id "
        "LIMIT 1 OFFSET 10)",
        seq,
    )
    return entry, index


def _forget(connection: sqlite3.Connection, entry: str) -> None:
    for table, column in OF_ENTRIES.items():
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (entry,))


def _rehash(connection: sqlite3.Connection, entry: str, leaf: str) -> None:
    computed = leaf_hash(leaf.encode())
    connection.execute("UPDATE audit_entry SET leaf_hash = ? WHERE id = ?", (computed, entry))
    connection.execute("UPDATE audit_leaf SET leaf_hash = ? WHERE entry_id = ?", (computed, entry))


def _forged(connection: sqlite3.Connection) -> bytes:
    """A whole entry, made by somebody who knows the format but not the key."""
    (leaf,) = connection.execute(
        "SELECT leaf FROM audit_entry WHERE ticket_id = 'desk' AND ticket_seq = 1"
    ).fetchone()
    (head,) = connection.execute("SELECT head FROM audit_chain WHERE ticket_id = 'desk'").fetchone()
    (seq,) = connection.execute("SELECT seq FROM audit_chain WHERE ticket_id = 'desk'").fetchone()
    changed = (
        "SELECT json_set(?, '$.id', 'forged', '$.tseq', ?, '$.prev', ?, '$.body.artifact', 'x')"
    )
    (forged,) = connection.execute(changed, (leaf, seq + 1, head.hex())).fetchone()
    data: bytes = forged.encode()
    connection.execute(
        "INSERT INTO audit_entry VALUES ('forged', 'desk', ?, ?, ?, zeroblob(32), 1)",
        (seq + 1, forged, leaf_hash(data)),
    )
    return data


def _codes(copy: Copy) -> set[str]:
    return {finding.code for finding in copy.verified().findings}
