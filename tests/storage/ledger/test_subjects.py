"""The key store: who people are, the keys of what they wrote, and their end."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontdesk.errors import StoreError
from storage.ledger import payload
from storage.ledger.subjects import Subjects

MASTER = b"k" * 32


@pytest.fixture
def subjects(tmp_path: Path) -> Subjects:
    return Subjects(tmp_path / "subjects.db", MASTER)


def test_person_has_one_reference_and_is_found_by_it(subjects: Subjects) -> None:
    ref = subjects.ref("slack", "T1", "U1")
    assert ref == subjects.ref("slack", "T1", "U1") == subjects.find("slack", "T1", "U1")
    assert subjects.who(ref) == ("slack", "T1", "U1")
    assert subjects.find("slack", "T2", "U1") is None
    assert dict(subjects.everybody()) == {ref: ("slack", "T1", "U1")}


def test_text_of_two_people_needs_both_keys(subjects: Subjects) -> None:
    requester, staff = subjects.ref("slack", "T1", "U1"), subjects.ref("slack", "T1", "S1")
    sealed = payload.seal("entry", "reply", "I am on it", subjects.key(requester, staff))
    place = ("entry", "reply", sealed.nonce, sealed.ciphertext)
    assert payload.unseal(*place, subjects.key(requester, staff))[0] == "I am on it"
    for key in (subjects.key(requester), subjects.key(staff), subjects.key(staff, requester)):
        with pytest.raises(ValueError, match="cannot be decrypted"):
            payload.unseal(*place, key)
    subjects.destroy(staff)
    with pytest.raises(StoreError, match="no key"):
        subjects.key(requester, staff)
    assert subjects.knows(requester)


def test_destroyed_key_is_in_no_byte_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "subjects.db"
    subjects = Subjects(file, MASTER)
    for number in range(50):
        subjects.ref("slack", "T1", f"U{number}")
    ref = subjects.ref("slack", "T1", "U7")
    row = subjects._row("SELECT dek, person, lookup FROM audit_subject WHERE subject_ref = ?", ref)
    assert row is not None
    assert all(part in file.read_bytes() for part in row)
    assert subjects.destroy(ref)
    assert not [part for part in (*row, ref.encode()) if part in file.read_bytes()]
    assert [one.name for one in tmp_path.iterdir()] == ["subjects.db"]
    assert not subjects.destroy(ref)


def test_other_process_sees_that_a_key_was_destroyed(tmp_path: Path) -> None:
    one = Subjects(tmp_path / "subjects.db", MASTER)
    other = Subjects(tmp_path / "subjects.db", MASTER)
    ref = one.ref("slack", "T1", "U1")
    other.key(ref)
    assert other.ref("slack", "T1", "U1") == ref
    one.destroy(ref)
    assert not other.knows(ref)
    with pytest.raises(StoreError, match="no key"):
        other.key(ref)
    assert other.ref("slack", "T1", "U1") != ref


def test_successor_is_the_same_person_with_another_key(subjects: Subjects) -> None:
    ref = subjects.ref("slack", "T1", "U1")
    sealed = payload.seal("entry", "text", "words", subjects.key(ref))
    new = "ab" * 16
    subjects.destroy(ref, new)
    assert subjects.who(ref) is None
    assert subjects.ref("slack", "T1", "U1") == new
    with pytest.raises(ValueError, match="cannot be decrypted"):
        payload.unseal("entry", "text", sealed.nonce, sealed.ciphertext, subjects.key(new))
