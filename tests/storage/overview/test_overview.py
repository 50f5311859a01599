"""What the console shows of the log: its state, verifications, artifacts, choices."""

import sqlite3
from pathlib import Path

from storage.ledger.verify import verify
from storage.overview.artifacts import content, known_digests, versions
from storage.overview.choices import choices
from storage.overview.entries import in_full
from storage.overview.places import in_place
from storage.overview.state_of_log import log_state
from storage.overview.verifying import keep_result, results
from storage.search.filters import Filter
from storage.search.search import Search
from storage.store import SqlStore
from tests.storage.conftest import Database
from tests.storage.desk import answer, delivery


async def test_state_of_the_log_tells_what_is_signed_and_what_waits(store: SqlStore) -> None:
    await answer(store, await store.receive(delivery("one")))
    before = await store.read(log_state)
    assert (before.size, before.checkpoint_at, before.verified) == (0, None, None)
    assert before.pending > 5
    assert before.pending_since is not None
    await store.sequence()
    after = await store.read(log_state)
    assert after.size > 5
    assert after.checkpoint_at is not None
    assert after.origin.startswith("frontdesk.audit/")


async def test_verification_is_kept_and_on_record(database: Database) -> None:
    store = database.open()
    try:
        await answer(store, await store.receive(delivery("one")))
        await store.sequence()
        report = verify(database.url, database.keys)
        await keep_result(store, report, took_us=5, whole=True, by="system:clock")
        (kept,) = await results(store)
        assert kept.ok and kept.whole
        assert (kept.checked, kept.root) == (report.checked, report.root)
        page = await Search(store).page(Filter(kind="audit:verified"))
        (view,) = await in_full(store, page.rows, with_texts=False)
        assert view.leaf["body"]["found"] == 0
        state = await store.read(log_state)
        assert state.verified == kept
    finally:
        await store.close()


async def test_finding_is_kept_with_its_entry(sqlite: Database) -> None:
    store = sqlite.open()
    try:
        await answer(store, await store.receive(delivery("one")))
        await store.sequence()
        with sqlite3.connect(Path(sqlite.url.removeprefix("sqlite:///"))) as connection:
            connection.execute("UPDATE audit_index SET kind = 'x:y' WHERE kind = 'route:decided'")
        connection.close()
        report = verify(sqlite.url, sqlite.keys)
        await keep_result(store, report, took_us=5, whole=True, by="system:clock")
        (kept,) = await results(store)
        assert not kept.ok
        assert kept.findings[0].entry is not None
    finally:
        await store.close()


async def test_artifact_is_found_by_its_digest_and_its_versions_by_time(store: SqlStore) -> None:
    first = await store.keep("prompt", b"one")
    second = await store.keep("prompt", b"two")
    await store.keep("policy", b"three")
    assert [one.digest for one in await versions(store, "prompt")] == [second, first]
    assert await content(store, first) == ("prompt", b"one")
    assert await content(store, "0" * 64) is None
    assert await content(store, "no digest") is None
    assert await known_digests(store, [first, "0" * 64, ""]) == {first}


async def test_choices_are_what_there_is(store: SqlStore) -> None:
    await answer(store, await store.receive(delivery("one")))
    found = await choices(store)
    assert found["specialist"] == ["billing"]
    assert "route:decided" in found["kind"]
    assert found["kind"] == sorted(set(found["kind"]))


async def test_entries_come_in_full_and_without_texts_if_not_wanted(store: SqlStore) -> None:
    await answer(store, await store.receive(delivery("one")))
    page = await Search(store).page(Filter(kind="route:decided"))
    (full,) = await in_full(store, page.rows, with_texts=True)
    (bare,) = await in_full(store, page.rows, with_texts=False)
    assert full.texts == {"matter": "charged twice"}
    assert bare.texts == {}
    assert full.leaf == bare.leaf


async def test_place_of_an_entry_is_under_the_first_checkpoint_after_it(store: SqlStore) -> None:
    await answer(store, await store.receive(delivery("one")))
    row = (await Search(store).page(Filter(kind="route:decided"))).rows[0]
    assert (await in_place(store, row.id)).signed_at is None
    await store.sequence()
    place = await in_place(store, row.id)
    assert place.log_index is not None
    assert place.signed_at is not None
    assert place.signed_at > place.log_index
