"""Finding entries by what somebody remembers of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.looking import Look, ids_digest, looked, operator
from storage.privacy.erasures import Erasures
from storage.queries import EntryRow, Queries
from storage.search.filters import Filter
from storage.search.search import Search
from storage.store import SqlStore
from tests.storage.privacy.test_erasure import answered, erased

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


async def kinds(store: SqlStore, wanted: Filter) -> list[str]:
    return [row.kind for row in (await Search(store).page(wanted)).rows]


async def some_days(store: SqlStore) -> None:
    """Three tickets, one a day."""
    for day in range(3):
        with freeze_time(NOON + timedelta(days=day)):
            await answered(store, f"d{day}", f"U{day}", f"word{day} invoice")


async def test_each_filter_finds_what_it_says(store: SqlStore) -> None:
    await some_days(store)
    second = {"since": NOON + timedelta(hours=12), "until": NOON + timedelta(hours=36)}
    person = await Erasures(store).person("slack:U1")
    everything = await kinds(store, Filter())
    assert len(everything) == 27
    assert len(await kinds(store, Filter(**second))) == 9
    assert await kinds(store, Filter(kind="route:decided", **second)) == ["route:decided"]
    assert len(await kinds(store, Filter(kind="route"))) == 3
    assert await kinds(store, Filter(kind="post")) == ["post:done", "post:intended"] * 3
    assert len(await kinds(store, Filter(actor="plugin:billing"))) == 3
    assert len(await kinds(store, Filter(specialist="billing", below_bp=9001))) == 3
    assert await kinds(store, Filter(below_bp=5000)) == []
    assert len(await kinds(store, Filter(outcome="replied", **second))) == 2
    assert len(await kinds(store, Filter(channel="C1", workspace="T1"))) == 27
    assert await kinds(store, Filter(channel="C2")) == []
    assert len(await kinds(store, Filter(route_to="billing"))) == 3
    assert len(await kinds(store, Filter(person=person))) == 9
    assert await kinds(store, Filter(model="claude")) == []
    assert await kinds(store, Filter(cost_from=1)) == []


async def test_pages_by_key_give_everything_once(store: SqlStore) -> None:
    await some_days(store)
    search, after = Search(store), None
    seen: list[EntryRow] = []
    while True:
        page = await search.page(Filter(), limit=7, after=after)
        seen += page.rows
        if page.after is None:
            break
        after = page.after
    assert len({row.id for row in seen}) == len(seen) == 27
    assert [row.id for row in seen] == sorted((row.id for row in seen), reverse=True)


async def test_words_are_found_in_texts_and_told_how_far_one_looked(store: SqlStore) -> None:
    await some_days(store)
    page = await Search(store).page(Filter(words="WORD1 invo"))
    assert {"message:received", "post:intended"} <= {row.kind for row in page.rows}
    assert page.looked_through == 15
    assert page.back_to is not None
    assert page.after is None


async def test_search_for_words_ends_at_its_bound_and_goes_on_from_there(store: SqlStore) -> None:
    await some_days(store)
    search = Search(store, looked_through=5)
    first = await search.page(Filter(words="word0"))
    assert (first.rows, first.looked_through) == ((), 5)
    found: list[EntryRow] = []
    after = first.after
    while after is not None:
        page = await search.page(Filter(words="word0"), after=after)
        found += page.rows
        after = page.after
    assert {"message:received", "post:intended"} <= {row.kind for row in found}


async def test_erased_words_are_not_found(store: SqlStore) -> None:
    await some_days(store)
    await erased(store, "slack:U1")
    assert (await Search(store).page(Filter(words="word1"))).rows == ()


async def test_counting_ends_at_its_bound(store: SqlStore) -> None:
    await some_days(store)
    search = Search(store)
    assert await search.count(Filter()) == replace(await search.count(Filter()), number=27)
    bounded = await search.count(Filter(), most=10)
    assert (bounded.number, bounded.more) == (10, True)


async def test_entry_is_found_by_its_time_though_the_clock_ran_ahead_before(
    store: SqlStore,
) -> None:
    with freeze_time(NOON + timedelta(days=2)):
        await answered(store, "d1", "U1")
    with freeze_time(NOON):
        receipt = await answered(store, "d2", "U2")
    found = await Search(store).page(Filter(since=NOON, until=NOON + timedelta(hours=1)))
    assert {row.ticket for row in found.rows} == {receipt.ticket}
    assert len(found.rows) == 9


async def test_looking_is_on_record_without_the_words_themselves(store: SqlStore) -> None:
    wanted = Filter(kind="route", words="invoice")
    digest = ids_digest(["b", "a"])
    assert digest == ids_digest(["a", "b"])
    await looked(
        store,
        operator("ann"),
        Look.SEARCHED,
        wanted.said(),
        count=2,
        digest=digest,
        words=wanted.words,
    )
    (row,) = await Queries(store).entries(kind="audit:searched")
    view = await Queries(store).entry(row.id)
    assert view.leaf["body"] == {"filter": {"kind": "route"}, "count": 2, "digest": digest}
    assert view.texts == {"words": "invoice"}
    assert row.actor == "operator:ann"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    since=st.none() | st.datetimes(timezones=st.just(UTC)),
    below=st.none() | st.integers(0, 10_000),
    kind=st.none() | st.sampled_from(["route", "a:b"]),
)
def test_filter_that_was_put_on_record_is_the_same_again(
    since: datetime | None, below: int | None, kind: str | None
) -> None:
    wanted = Filter(since=since, below_bp=below, kind=kind)
    assert Filter.of(wanted.said()) == wanted


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@x"])
def test_words_alone_are_no_filter_of_an_export(text: str) -> None:
    assert Filter(words=text).said() == {}
