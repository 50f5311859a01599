"""A case from its opening to its sign-off, on a real database."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from router.review_facts import CaseQuery, Judgement
from storage.human_state import NotPossible
from storage.ledger.tables import CHECKPOINT, INDEX, LEAF
from storage.ledger.verify import verify
from storage.queries import Queries
from storage.reviews import judging, sampling
from storage.reviews.findings import NewFinding
from storage.reviews.judging import NewOpinion
from storage.reviews.service import Reviews
from storage.reviews.tables import CASE, ITEM, CaseState
from storage.store import SqlStore
from tests.storage.conftest import Database
from tests.storage.reviews.conftest import Decide

CORRECT = NewOpinion(Judgement.CORRECT)
BREACH = NewOpinion(Judgement.POLICY_BREACH, "It promises a refund.", 40)


async def all_correct(reviews: Reviews, case: str, ann: str, ben: str) -> None:
    _, seen, _ = await reviews.case(case, ann)
    for item in seen:
        await reviews.judge(ann, (case, item.position), CORRECT)
    for item in (await reviews.case(case, ben))[1]:
        if item.yours:
            await reviews.judge(ben, (case, item.position), CORRECT)


async def test_sample_is_drawn_with_a_root_that_has_the_opening_below_it(
    reviews: Reviews, on_sqlite: SqlStore, decide: Decide, ann: str
) -> None:
    await decide(12)
    case = await reviews.open(ann, CaseQuery(), 5)
    row, seen, _ = await reviews.case(case, ann)

    assert row.state is CaseState.DRAWN
    assert (row.drawn, row.population, len(seen)) == (5, 12, 5)
    opened = select(LEAF.c.log_index).where(LEAF.c.entry_id == row.entry)
    root_at = select(CHECKPOINT.c.root).where(CHECKPOINT.c.size == row.checkpoint_size)
    place = await on_sqlite.read(lambda db: db.execute(opened).scalar_one())
    root = await on_sqlite.read(lambda db: db.execute(root_at).scalar_one())
    assert row.checkpoint_size is not None
    assert place < row.checkpoint_size

    decisions = select(INDEX.c.entry_id).where(INDEX.c.kind == "route:decided")
    everybody = list(await on_sqlite.read(lambda db: db.execute(decisions).scalars().all()))
    by_hand = sampling.draw(sampling.seed(root, case), everybody, 5)
    assert [item.entry for item in seen] == by_hand


async def test_the_sample_can_be_drawn_again_however_the_log_grew(
    reviews: Reviews, on_sqlite: SqlStore, decide: Decide, ann: str
) -> None:
    await decide(6)
    case = await reviews.open(ann, CaseQuery(), 3)
    before = await reviews.redraw(case)
    await on_sqlite.keep("prompt", b"another one")
    await on_sqlite.sequence()

    again = await reviews.redraw(case)
    assert again == before
    assert again is not None
    assert again.same

    swap = update(ITEM).where(ITEM.c.position == 1).values(entry_id="another")
    await on_sqlite.write(lambda db, _: db.execute(swap))
    swapped = await reviews.redraw(case)
    assert swapped is not None
    assert not swapped.same


async def test_a_case_is_about_what_its_query_finds(
    reviews: Reviews, decide: Decide, ann: str
) -> None:
    await decide(3)
    nobody = await reviews.open(ann, CaseQuery(specialist="nobody"), 5)
    unsure = await reviews.open(ann, CaseQuery(below_bp=9_000), 5)
    past = await reviews.open(ann, CaseQuery(until_us=1), 5)
    sure = await reviews.open(ann, CaseQuery(specialist="billing", below_bp=9_001, since_us=1), 5)

    found = [(await reviews.case(name, ann))[0].population for name in (nobody, unsure, past, sure)]
    assert found == [0, 0, 0, 3]


async def test_a_breach_and_one_in_ten_wait_for_a_second_reviewer(
    reviews: Reviews, decide: Decide, ann: str, ben: str
) -> None:
    await decide(10)
    case = await reviews.open(ann, CaseQuery(), 10)
    for position in range(1, 11):
        await reviews.judge(ann, (case, position), CORRECT if position > 1 else BREACH)

    row, seen, stands = await reviews.case(case, ben)
    waiting = [item for item in seen if item.yours]
    assert row.open_seconds == stands.open_seconds == len(waiting)
    assert {1} <= {item.position for item in waiting} <= set(range(1, 11))
    assert len(waiting) in {1, 2}
    assert not stands.ready


async def test_first_verdict_is_hidden_from_the_second_reviewer_until_given(
    reviews: Reviews, on_sqlite: SqlStore, decide: Decide, ann: str, ben: str
) -> None:
    await decide(1)
    case = await reviews.open(ann, CaseQuery(), 1)
    entry = await reviews.judge(ann, (case, 1), BREACH)

    (seen_by_ben,) = (await reviews.case(case, ben))[1]
    (seen_by_ann,) = (await reviews.case(case, ann))[1]
    assert seen_by_ben.hidden
    assert seen_by_ben.first is None
    assert seen_by_ben.yours
    assert (await reviews.case(case, ben))[2].failures == 0
    assert (await reviews.board()).failures == 0
    assert not seen_by_ann.yours
    assert seen_by_ann.first is not None
    assert seen_by_ann.first.comment == "It promises a refund."
    assert await reviews.sealed([entry], ben) == {entry}
    assert not await reviews.sealed([entry], ann)
    leaf = (await Queries(on_sqlite).entry(entry)).leaf
    assert "policy_breach" not in json.dumps(leaf)

    await reviews.judge(ben, (case, 1), CORRECT)
    (after,) = (await reviews.case(case, ben))[1]
    assert after.first is not None
    assert after.first.judgement is Judgement.POLICY_BREACH
    assert after.done
    assert not await reviews.sealed([entry], ben)


async def test_share_of_second_readers_is_secret_until_the_case_is_signed(
    reviews: Reviews, on_sqlite: SqlStore, decide: Decide, ann: str, ben: str
) -> None:
    await decide(12)
    case = await reviews.open(ann, CaseQuery(), 12)
    record = Queries(on_sqlite)

    async def body(kind: str) -> dict[str, Any]:
        (entry,) = await record.entries(kind=kind)
        return dict((await record.entry(entry.id)).leaf["body"])

    drawn = await body("review:drawn")
    for position in range(1, 13):
        await reviews.judge(ann, (case, position), CORRECT)
    _, seen, _ = await reviews.case(case, ben)
    share = {item.entry for item in seen if item.yours}
    for item in (item for item in seen if item.yours):
        await reviews.judge(ben, (case, item.position), CORRECT)
    await reviews.sign(ann, case, "All of them were in order.")
    lot, seed = bytes.fromhex((await body("review:signed"))["lot"]), bytes.fromhex(drawn["seed"])

    assert hashlib.sha256(lot).hexdigest() == drawn["lot_digest"]
    assert sampling.seconds(seed, lot, [item.entry for item in seen]) == share
    assert lot.hex() not in json.dumps(drawn)


async def test_the_seal_is_opened_on_record(
    reviews: Reviews, on_sqlite: SqlStore, decide: Decide, ann: str, ben: str
) -> None:
    await decide(1)
    case = await reviews.open(ann, CaseQuery(), 1)
    entry = await reviews.judge(ann, (case, 1), BREACH)
    await reviews.judge(ben, (case, 1), CORRECT)

    record = Queries(on_sqlite)
    sealed = (await record.entry(entry)).leaf["body"]["sealed"]
    (compared,) = await record.entries(kind="review:compared")
    body = (await record.entry(compared.id)).leaf["body"]
    assert judging.seal(body["salt"], Judgement(body["first"])) == sealed


async def test_nobody_is_their_own_second_reviewer(
    reviews: Reviews, on_sqlite: SqlStore, decide: Decide, ann: str
) -> None:
    await decide(1)
    case = await reviews.open(ann, CaseQuery(), 1)
    await reviews.judge(ann, (case, 1), BREACH)

    with pytest.raises(NotPossible, match="second_must_be_another"):
        await reviews.judge(ann, (case, 1), CORRECT)
    alone = update(ITEM).values(second="correct", second_by=ann)
    with pytest.raises(Exception, match=r"(?i)constraint"):
        await on_sqlite.write(lambda db, _: db.execute(alone))


async def test_a_second_opinion_needs_a_first(database: Database) -> None:
    store = database.open()
    row = {"id": "R-1", "entry_id": "e", "query": "{}", "wanted": 1, "state": "drawn"}
    item = {"case_id": "R-1", "position": 1, "entry_id": "e", "ticket_id": "t", "decided_us": 1}
    try:
        await store.write(
            lambda db, _: db.execute(CASE.insert(), {**row, "opened_by": "a", "opened_us": 1})
        )
        with pytest.raises(Exception, match=r"(?i)constraint"):
            await store.write(
                lambda db, _: db.execute(ITEM.insert(), {**item, "twice": 1, "second": "correct"})
            )
    finally:
        await store.close()


async def test_sign_off_names_the_bound_and_the_checkpoint(
    reviews: Reviews, on_sqlite: SqlStore, decide: Decide, ann: str, ben: str
) -> None:
    await decide(20)
    case = await reviews.open(ann, CaseQuery(), 10)
    await all_correct(reviews, case, ann, ben)
    entry = await reviews.sign(ann, case, "All ten were read and are in order.")

    view = await Queries(on_sqlite).entry(entry)
    body = view.leaf["body"]
    assert view.texts == {"statement": "All ten were read and are in order."}
    assert (body["reviewed"], body["population"], body["failures"]) == (10, 20, 0)
    assert body["bound_bp"] == 2589
    assert body["reviewers"] == sorted([ann, ben])
    root_at = select(CHECKPOINT.c.root).where(CHECKPOINT.c.size == body["size"])
    assert (await on_sqlite.read(lambda db: db.execute(root_at).scalar_one())).hex() == body["root"]
    last = (await reviews.case(case, ann))[1][-1].first
    assert last is not None
    place = select(LEAF.c.log_index).where(LEAF.c.entry_id == last.entry)
    assert await on_sqlite.read(lambda db: db.execute(place).scalar_one()) < body["size"]


async def test_nothing_is_signed_before_all_is_judged(
    reviews: Reviews, decide: Decide, ann: str, ben: str
) -> None:
    await decide(2)
    case = await reviews.open(ann, CaseQuery(), 2)
    with pytest.raises(NotPossible, match="not_all_judged"):
        await reviews.sign(ann, case, "It is all in order.")
    await all_correct(reviews, case, ann, ben)
    with pytest.raises(NotPossible, match="no_statement"):
        await reviews.sign(ann, case, "ok")
    await reviews.sign(ann, case, "It is all in order.")
    with pytest.raises(NotPossible, match="signed"):
        await reviews.sign(ann, case, "It is all in order.")
    with pytest.raises(NotPossible, match="signed"):
        await reviews.judge(ann, (case, 1), CORRECT)


async def test_whatever_finds_more_wrong_counts(
    reviews: Reviews, decide: Decide, ann: str, ben: str
) -> None:
    await decide(1)
    case = await reviews.open(ann, CaseQuery(), 1)
    await reviews.judge(ann, (case, 1), BREACH)
    await reviews.judge(ben, (case, 1), CORRECT)
    stands = (await reviews.case(case, ann))[2]

    assert stands.failures == 1
    assert stands.counts[Judgement.POLICY_BREACH] == 1
    assert stands.complete
    assert stands.bound_bp == 10_000
    board = await reviews.board()
    assert (board.judged, board.failures, board.pairs, board.agreed) == (1, 1, 1, 0)
    assert board.median_us is not None
    assert board.median_us > 0


async def test_a_whole_review_works_on_both_databases(database: Database) -> None:
    from storage.humans import Humans  # noqa: PLC0415
    from tests.storage import desk  # noqa: PLC0415

    store = database.open()
    try:
        reviews, humans = Reviews(store), Humans(store)
        ann = await humans.ref("console", "local", "ann")
        ben = await humans.ref("console", "local", "ben")
        for name in ("a", "b"):
            await desk.answer(store, await store.receive(desk.delivery(name)))
        case = await reviews.open(ann, CaseQuery(since_us=1), 59)
        await all_correct(reviews, case, ann, ben)
        await reviews.sign(ben, case, "Both were read and are in order.")
        row = (await reviews.case(case, ben))[0]
        today = datetime.now(UTC).date()
        (figures,) = await reviews.days(today, today, "billing")
        assert row.state is CaseState.SIGNED
        assert figures.counts["decisions"] == 2
        assert figures.mean("confidence") == 9000
        assert (await reviews.specialists(today, today))["billing"].counts["decisions"] == 2
        for name in ("c", "d"):
            await desk.answer(store, await store.receive(desk.delivery(name)))
        await store.sequence()
        await reviews.catch_up()
        assert (await reviews.queue_counts())["new_version"] == 2
        first, second = await reviews.queue("new_version")
        assert await reviews.queue("new_version", after=first.after) == (second,)
        assert first.asked == "I was charged twice"
        found = NewFinding("It is wrong.", "Mend it.", ann, datetime.now(UTC), item=first.entry)
        name = await reviews.open_finding(ben, found)
        await reviews.change_finding(ben, name, action="Mend it soon.")
        await reviews.close_finding(ben, name, "It is mended.")
        await reviews.annotate(ben, first.entry, "It was hard.")
        rule = await reviews.open(ben, CaseQuery(rule="new_version"), 5)
        assert (await reviews.case(rule, ben))[0].population == 2
        await store.sequence()
    finally:
        await store.close()
    assert verify(database.url, database.keys).ok
