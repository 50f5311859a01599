"""What the log is read for: flags of the queue, figures of the charts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk import EscalationReason
from router import facts
from router.considered import Alternative
from router.human_facts import FeedbackGiven, HumanTookOver, Role, TicketRerouted, Vote
from router.records import Band, DecidedBy, Decision, Receipt
from router.review_facts import CaseQuery, Judgement
from storage.reviews import scan
from storage.reviews.figures import bucket, bucket_us, percentile
from storage.reviews.judging import NewOpinion
from storage.reviews.service import Reviews
from storage.store import SqlStore
from tests.storage import desk
from tests.storage.reviews.conftest import Decide

TWO = tuple(Alternative(name, 1, 5000, 3000) for name in ("billing", "technical"))
CLOSE = Decision(Band.GO, "billing", 5000, DecidedBy.EMBEDDED, "", margin_bp=100, alternatives=TWO)
WITHOUT_MODEL = replace(CLOSE, margin_bp=5000, rules=("router_agent:unknown_specialist",))


def about(receipt: Receipt, actor: str = "system:desk") -> dict[str, Any]:
    return {"ticket": receipt.ticket, "message": receipt.message, "actor": actor}


def routed(receipt: Receipt, decision: Decision) -> facts.RouteDecided:
    return facts.RouteDecided(**about(receipt), part=0, parts=1, decision=decision)


def rerouted(receipt: Receipt) -> facts.Fact:
    again = {**about(receipt, "human:x"), "message": "M-NEW", "again": receipt.message}
    return TicketRerouted(**again, source="billing", target="product", role=Role.STAFF)


def unhelpful(receipt: Receipt) -> facts.Fact:
    return FeedbackGiven(**about(receipt, "human:x"), vote=Vote.UNHELPFUL, role=Role.REQUESTER)


MAKES: dict[str, Callable[[Receipt], facts.Fact]] = {
    "low_margin": lambda receipt: routed(receipt, CLOSE),
    "fallback": lambda receipt: routed(receipt, WITHOUT_MODEL),
    "override": rerouted,
    "rejected": desk.rejected,
    "complaint": unhelpful,
    "escalated": lambda receipt: facts.TicketEscalated(
        **about(receipt), part=0, reason=EscalationReason.UNSURE
    ),
}


@pytest.mark.parametrize("rule", MAKES)
async def test_each_rule_finds_what_it_is_for(
    rule: str, reviews: Reviews, on_sqlite: SqlStore
) -> None:
    receipt = await on_sqlite.receive(desk.delivery("d"))
    other = await on_sqlite.receive(desk.delivery("other"))
    await desk.answer(on_sqlite, other)
    await on_sqlite.record(desk.gated(receipt), MAKES[rule](receipt))
    await on_sqlite.sequence()
    await reviews.catch_up()

    waiting = await reviews.queue(rule)
    assert [row.message for row in waiting] == [receipt.message]
    assert (await reviews.queue_counts())[rule] == 1


async def test_taking_over_is_an_override(reviews: Reviews, on_sqlite: SqlStore) -> None:
    receipt = await on_sqlite.receive(desk.delivery("d"))
    await on_sqlite.record(HumanTookOver(**about(receipt, "human:x")))
    await on_sqlite.sequence()
    await reviews.catch_up()

    assert len(await reviews.queue("override")) == 1


async def test_only_the_first_decisions_of_a_new_version_are_flagged(
    reviews: Reviews, on_sqlite: SqlStore, decide: Decide
) -> None:
    await decide(23)
    await on_sqlite.sequence()
    await reviews.catch_up()

    assert len(await reviews.queue("new_version")) == 20


async def test_what_was_judged_leaves_the_queue(
    reviews: Reviews, on_sqlite: SqlStore, ann: str
) -> None:
    receipt = await on_sqlite.receive(desk.delivery("d"))
    await on_sqlite.record(routed(receipt, CLOSE))
    await on_sqlite.sequence()
    case = await reviews.open(ann, CaseQuery(rule="low_margin"), 10)
    assert len(await reviews.queue("low_margin")) == 1
    await reviews.judge(ann, (case, 1), NewOpinion(Judgement.CORRECT))

    assert await reviews.queue("low_margin") == ()
    again = await reviews.open(ann, CaseQuery(rule="low_margin"), 10)
    assert (await reviews.case(again, ann))[0].population == 0
    before = await reviews.redraw(case)
    assert before is not None
    assert before.same


async def test_what_is_flagged_later_changes_no_sample(
    reviews: Reviews, on_sqlite: SqlStore, decide: Decide, ann: str
) -> None:
    first, second = await decide(2)
    await on_sqlite.record(unhelpful(first))
    await on_sqlite.sequence()
    case = await reviews.open(ann, CaseQuery(rule="complaint"), 10)
    await on_sqlite.record(unhelpful(second))
    await on_sqlite.sequence()
    await reviews.catch_up()

    again = await reviews.redraw(case)
    assert again is not None
    assert again.same
    assert again.population == 1


async def test_the_queue_comes_in_pages(reviews: Reviews, on_sqlite: SqlStore) -> None:
    for name in "abcde":
        receipt = await on_sqlite.receive(desk.delivery(name))
        await on_sqlite.record(routed(receipt, CLOSE))
    await on_sqlite.sequence()
    await reviews.catch_up()
    whole = await reviews.queue("low_margin")
    first = await reviews.queue("low_margin", limit=2)
    rest = await reviews.queue("low_margin", limit=9, after=first[-1].after)

    assert first + rest == whole
    assert all(newer.at >= older.at for newer, older in pairwise(whole))


async def test_figures_are_the_same_when_made_again(
    reviews: Reviews, on_sqlite: SqlStore, decide: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    await decide(5)
    await on_sqlite.sequence()
    await reviews.catch_up()
    today = datetime.now(UTC).date()
    before = await reviews.days(today, today), await reviews.queue("new_version")
    await on_sqlite.write(lambda db, _: scan.rebuild(db))
    monkeypatch.setattr(scan, "BATCH", 7)
    await reviews.catch_up()

    assert (await reviews.days(today, today), await reviews.queue("new_version")) == before
    (figures,) = before[0]
    assert (figures.counts["messages"], figures.counts["decisions"]) == (5, 5)
    assert (figures.counts["approvals"], figures.counts["latency"]) == (5, 5)
    assert figures.waited_us(50) is not None
    everyone = await reviews.specialists(today, today)
    assert everyone["billing"].counts["decisions"] == 5


@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=50), st.sampled_from([50, 95, 100]))
def test_percentiles_err_by_an_eighth_at_most(times: list[int], share: int) -> None:
    buckets: dict[str, int] = {}
    for time in times:
        name = f"latency:{bucket(time):03d}"
        buckets[name] = buckets.get(name, 0) + 1
    exact = max(sorted(times)[-(-len(times) * share // 100) - 1], 1000)
    told = percentile(buckets, share)

    assert told is not None
    assert exact <= told <= exact * 1.126 + 1200


@given(st.integers(0, 300))
def test_buckets_grow(number: int) -> None:
    assert bucket_us(number + 1) > bucket_us(number)


def test_there_is_no_percentile_of_nothing() -> None:
    assert percentile({}, 50) is None
