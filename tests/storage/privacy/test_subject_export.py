"""What a person is given of what is kept of them."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import select

from storage.ledger.tables import ENTRY, INDEX
from storage.looking import operator
from storage.privacy.erasures import Erasures
from storage.privacy.retention import days_of
from storage.privacy.subject_export import export
from storage.store import SqlStore
from tests.storage.privacy.test_erasure import SECRET, answered


async def test_person_gets_all_of_their_own_and_nothing_of_others(store: SqlStore) -> None:
    await answered(store, "d1", "U1")
    await answered(store, "d2", "U2", "giraffe")
    person = await Erasures(store).person("slack:U1")
    given = await export(store, person, operator("ann"), days=days_of(396, {}))
    content = json.loads(given.content)
    assert content["person"]["name_there"] == "U1"
    assert SECRET in given.content.decode()
    assert "giraffe" not in given.content.decode()
    assert given.texts == 7
    assert len(content["tickets"]) == 1
    assert {entry["automated"] for entry in content["entries"]} == {True, False}


async def test_giving_it_out_is_on_record(store: SqlStore) -> None:
    await answered(store, "d1", "U1")
    person = await Erasures(store).person("slack:U1")
    given = await export(store, person, operator("ann"), days=days_of(396, {}))
    query = select(ENTRY.c.leaf).join(INDEX, INDEX.c.entry_id == ENTRY.c.id)
    leaf = await store.read(
        lambda db: db.execute(query.where(INDEX.c.kind == "subject:exported")).scalar_one()
    )
    assert hashlib.sha256(given.content).hexdigest() in leaf
    assert '"id":"ann","type":"operator"' in leaf
