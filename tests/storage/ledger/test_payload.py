from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from frontdesk.errors import StoreError
from storage.ledger import payload
from storage.ledger.subjects import Subjects
from tests.storage import desk
from tests.storage.conftest import Database

KEY = AESGCM(b"k" * 32)


def test_text_comes_back_with_the_commitment_to_it() -> None:
    sealed = payload.seal("e1", "text", "grüezi", KEY)
    opened = payload.unseal("e1", "text", sealed.nonce, sealed.ciphertext, KEY)
    assert opened == ("grüezi", sealed.commit)


def test_same_text_never_looks_the_same() -> None:
    one, other = (payload.seal("e1", "text", "yes", KEY) for _ in range(2))
    assert one.commit != other.commit
    assert one.ciphertext != other.ciphertext


@pytest.mark.parametrize(
    ("entry", "field", "key"),
    [("e2", "text", KEY), ("e1", "draft", KEY), ("e1", "text", AESGCM(b"o" * 32))],
)
def test_it_opens_nowhere_else(entry: str, field: str, key: AESGCM) -> None:
    sealed = payload.seal("e1", "text", "yes", KEY)
    with pytest.raises(ValueError, match="cannot be decrypted"):
        payload.unseal(entry, field, sealed.nonce, sealed.ciphertext, key)


def test_person_keeps_reference_and_key_over_reopening(tmp_path: Path) -> None:
    first = Subjects(tmp_path / "subjects.db", b"m" * 32)
    ref = first.ref("slack", "T1", "U1")
    assert ref == first.ref("slack", "T1", "U1") != first.ref("slack", "T2", "U1")
    sealed = payload.seal("e1", "text", "hello", first.key(ref))
    first.close()
    again = Subjects(tmp_path / "subjects.db", b"m" * 32, read_only=True)
    assert again.person(ref) == "U1"
    assert (
        payload.unseal("e1", "text", sealed.nonce, sealed.ciphertext, again.key(ref))[0] == "hello"
    )
    with pytest.raises(StoreError, match="no key for person"):
        again.key("somebody else")
    again.close()


async def test_nothing_that_was_written_stands_in_the_files(sqlite: Database) -> None:
    store = sqlite.open()
    secret = "a very particular sentence"
    receipt = await store.receive(desk.delivery("d1", secret, author_id="U-particular"))
    await desk.answer(store, receipt, secret)
    await store.close()
    home = sqlite.keys.parent
    for file in (path for path in home.rglob("*") if path.is_file()):
        data = file.read_bytes()
        assert secret.encode() not in data
        assert b"U-particular" not in data


def test_half_written_key_store_can_be_read_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "subjects.db"
    store = Subjects(path, b"m" * 32)
    ref = store.ref("test", "local", "U1")
    store.close()
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA cache_size=1")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE audit_subject SET person = zeroblob(100000)")
    killed = tmp_path / "killed"
    killed.mkdir()
    for name in ("subjects.db", "subjects.db-journal"):
        (killed / name).write_bytes((tmp_path / name).read_bytes())
    writer.close()
    before = {file.name: file.read_bytes() for file in killed.iterdir()}
    reader = Subjects(killed / "subjects.db", b"m" * 32, read_only=True)
    assert reader.person(ref) == "U1"
    reader.close()
    assert {file.name: file.read_bytes() for file in killed.iterdir()} == before


async def test_destroyed_key_makes_the_text_unreadable(sqlite: Database) -> None:
    store = sqlite.open()
    receipt = await store.receive(desk.delivery("d1"))
    await store.close()
    (subjects,) = sqlite.keys.glob("*/subjects.db")
    with closing(sqlite3.connect(subjects)) as connection, connection:
        connection.execute("DELETE FROM audit_subject")
    again = sqlite.open()
    with pytest.raises(StoreError, match="no key for person"):
        await again.conversation(receipt.message)
    await again.close()


async def test_key_files_are_for_their_owner_only(sqlite: Database) -> None:
    store = sqlite.open()
    await store.receive(desk.delivery("d1"))
    await store.close()
    files = [path for path in sqlite.keys.rglob("*") if path.is_file()]
    assert {"mac-1.key", "signer.key", "persons.key", "subjects.db", "signer.state"} <= {
        path.name for path in files
    }
    for path in (path for path in files if path.name != "signer.vkey"):
        assert path.stat().st_mode & 0o077 == 0, path
