"""The dictionary says what every kind and field means, because the code says so."""

from __future__ import annotations

import json

from storage.export.dictionary import ENVELOPE, content, dictionary, markdown
from storage.ledger.tables import ENTRY
from storage.store import SqlStore
from tests.storage.privacy.test_erasure import answered, erased


def test_every_kind_has_a_meaning_and_a_class() -> None:
    for one in dictionary():
        subject, colon, happened = one.kind.partition(":")
        assert (subject.strip(), colon, happened.strip()) == (subject, ":", happened)
        assert one.meaning, one.kind
        assert one.text_class in {"messages", "answers", "notices", "reviews", "log"}


def test_kinds_are_told_once() -> None:
    kinds = [one.kind for one in dictionary()]
    assert kinds == sorted(set(kinds))
    assert {"route:decided", "payload:erased", "audit:searched", "hold:placed"} <= set(kinds)


def test_types_are_said_in_plain_words() -> None:
    said = {f"{one.kind}.{field.name}": field.type for one in dictionary() for field in one.fields}
    assert said["answer:drafted.passages"] == "list of text"
    assert said["answer:drafted.duration_us"] == "whole number"
    assert said["hold:placed.person"] == "text or nothing"
    assert said["feedback:given.vote"] == "one of `helpful`, `unhelpful`"


async def test_every_entry_is_explained_by_it(sqlite_store: SqlStore) -> None:
    await answered(sqlite_store, "d1", "U1")
    await erased(sqlite_store, "slack:U1")
    await sqlite_store.sequence()
    kinds = {one.kind: {field.name for field in one.fields} for one in dictionary()}
    leaves = await sqlite_store.read(
        lambda db: [json.loads(row.leaf) for row in db.execute(ENTRY.select())]
    )
    assert leaves
    for leaf in leaves:
        assert leaf.keys() <= ENVELOPE.keys()
        assert leaf["body"].keys() == kinds[leaf["type"]]


def test_it_is_there_for_programs_and_for_people() -> None:
    assert json.loads(json.dumps(content()))["kinds"]["route:decided"]["texts"] == "answers"
    assert "## route:decided" in markdown()
    assert "\n\n\n" not in markdown()
