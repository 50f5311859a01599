"""Durable turns: a step that is done is never run again, and what it left is gone with the turn."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import TypeAdapter
from sqlalchemy import select, update

from frontdesk import (
    Answer,
    Escalation,
    EscalationReason,
    Handoff,
    Passage,
    Question,
    Reply,
    StoreError,
)
from router import facts
from router.answer.answered import Answered
from router.gate import Gate
from router.outbox import DESK
from router.records import OutcomeKind, PluginRef, Receipt
from storage import steps
from storage.claims import Claims, Taken
from storage.codec import adapter
from storage.durable import recording
from storage.ledger.tables import INDEX
from storage.step_tables import TURN_MEMO
from storage.steps import About, Erased, Turn, begin, forget_ended
from storage.store import SqlStore
from tests.storage import desk
from tests.storage.conftest import Database

PLUGIN = PluginRef("billing", "tests", "1", "0" * 64)
SECRET = "the words of the requester"


async def taken(store: SqlStore, receipt: Receipt, name: str = "first") -> Taken:
    mine = await Claims(store, name, lambda holder: True).take(receipt.ticket)
    assert mine is not None
    return mine


async def turn_of(store: SqlStore, receipt: Receipt, name: str = "first") -> Turn:
    mine = await taken(store, receipt, name)
    return await begin(store, About(mine.hold, mine.subject, receipt.message))


async def kinds(store: SqlStore) -> list[str]:
    query = select(INDEX.c.kind).order_by(INDEX.c.ticket_seq)
    return list(await store.read(lambda db: db.execute(query).scalars().all()))


async def memos(store: SqlStore) -> list[bytes]:
    query = select(TURN_MEMO.c.ciphertext)
    return list(await store.read(lambda db: db.execute(query).scalars().all()))


def noted(store: SqlStore, receipt: Receipt, runs: list[str]) -> Callable[[], Awaitable[Answered]]:
    """A step that answers, puts it on record as deep parts do, and counts its runs."""
    record = recording(store)

    async def answer() -> Answered:
        runs.append("ran")
        await record(desk.drafted(receipt))
        return Answered(Question(SECRET), PLUGIN)

    return answer


async def test_step_that_is_done_is_not_run_again_by_another_process(store: SqlStore) -> None:
    receipt, runs = await store.receive(desk.delivery("d1")), list[str]()
    for name in ("first", "second", "third"):
        turn = await turn_of(store, receipt, name)
        with turn.running():
            said = await turn.run("answer", Answered, noted(store, receipt, runs))
        assert said == Answered(Question(SECRET), PLUGIN)
    assert runs == ["ran"]
    assert (await kinds(store)).count("answer:drafted") == 1


async def test_step_and_its_entry_are_kept_together_or_not_at_all(store: SqlStore) -> None:
    receipt, runs = await store.receive(desk.delivery("d1")), list[str]()
    stale = await turn_of(store, receipt, "first")
    fresh = await turn_of(store, receipt, "second")
    with stale.running(), pytest.raises(StoreError):
        await stale.run("answer", Answered, noted(store, receipt, runs))
    assert await memos(store) == []
    assert "answer:drafted" not in await kinds(store)
    with fresh.running():
        await fresh.run("answer", Answered, noted(store, receipt, runs))
    assert len(await memos(store)) == 1
    assert (await kinds(store)).count("answer:drafted") == 1


async def test_step_that_put_nothing_on_record_sees_the_present(store: SqlStore) -> None:
    receipt, runs = await store.receive(desk.delivery("d1")), list[str]()

    async def look() -> str:
        runs.append("looked")
        return ""

    for _ in range(2):
        turn = await turn_of(store, receipt)
        with turn.running():
            await turn.run("look again", str, look)
    assert len(runs) == 2


async def test_what_happened_in_a_step_that_failed_is_on_record(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    record, turn = recording(store), await turn_of(store, receipt)

    async def fails() -> str:
        await record(desk.gated(receipt))
        raise RuntimeError("it broke")

    with turn.running(), pytest.raises(RuntimeError):
        await turn.run("gate", str, fails)
    assert "message:gated" in await kinds(store)
    assert await memos(store) == []


async def test_model_call_in_a_step_that_was_cut_off_is_not_paid_twice(store: SqlStore) -> None:
    receipt, calls = await store.receive(desk.delivery("d1")), list[str]()
    kept: TypeAdapter[str] = adapter(str)

    async def model() -> str:
        calls.append("called")
        return "its answer"

    async def cut_off() -> str:
        inner = steps.current()
        assert inner is not None
        assert await inner.call("what", kept, model) == "its answer"
        if len(cuts) == 0:
            cuts.append("cut")
            raise RuntimeError("killed here")
        return "done"

    cuts: list[str] = []
    first = await turn_of(store, receipt)
    with first.running(), pytest.raises(RuntimeError):
        await first.run("answer:0:0", str, cut_off)
    second = await turn_of(store, receipt, "second")
    with second.running():
        assert await second.run("answer:0:0", str, cut_off) == "done"
    assert calls == ["called"]


async def test_same_question_twice_in_a_step_is_two_calls(store: SqlStore) -> None:
    receipt, calls = await store.receive(desk.delivery("d1")), list[str]()
    turn, kept = await turn_of(store, receipt), adapter(str)

    async def model() -> str:
        calls.append("called")
        return str(len(calls))

    async def asks_twice() -> str:
        return await turn.call("what", kept, model) + await turn.call("what", kept, model)

    with turn.running():
        assert await turn.run("answer:0:0", str, asks_twice) == "12"


async def test_what_is_kept_is_encrypted_and_gone_with_the_turn(
    store: SqlStore, database: Database
) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    turn = await turn_of(store, receipt)
    with turn.running():
        await turn.run("answer", Answered, noted(store, receipt, []))
        (kept,) = await memos(store)
        assert SECRET.encode() not in kept
        await turn.record(desk.ended(desk.outcome(receipt, OutcomeKind.REPLIED)))
    assert await memos(store) == []


async def test_turn_of_an_older_release_begins_anew(store: SqlStore) -> None:
    receipt, runs = await store.receive(desk.delivery("d1")), list[str]()
    turn = await turn_of(store, receipt)
    with turn.running():
        await turn.run("answer", Answered, noted(store, receipt, runs))
    older = update(TURN_MEMO).values(release="0")
    await store.write(lambda db, _: db.execute(older))
    turn = await turn_of(store, receipt, "second")
    with turn.running():
        await turn.run("answer", Answered, noted(store, receipt, runs))
    assert len(runs) == 2


async def test_result_of_another_shape_lets_the_turn_begin_anew(store: SqlStore) -> None:
    receipt, record = await store.receive(desk.delivery("d1")), recording(store)

    async def gated() -> str:
        await record(desk.gated(receipt))
        return "no gate"

    async def real() -> Gate:
        return Gate(True, "requester")

    turn = await turn_of(store, receipt)
    with turn.running():
        await turn.run("gate", str, gated)
    turn = await turn_of(store, receipt, "second")
    with turn.running():
        with pytest.raises(StoreError, match="begins again"):
            await turn.run("gate", Gate, real)
        assert await turn.run("gate", Gate, real) == Gate(True, "requester")


async def test_changed_memo_is_not_believed(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    turn = await turn_of(store, receipt)
    with turn.running():
        await turn.run("answer", Answered, noted(store, receipt, []))
    moved = update(TURN_MEMO).values(step="check")
    await store.write(lambda db, _: db.execute(moved))
    with pytest.raises(StoreError, match="was changed"):
        await turn_of(store, receipt, "second")


async def test_turn_of_an_erased_person_cannot_go_on(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    mine = await taken(store, receipt)
    with pytest.raises(Erased):
        await begin(store, About(mine.hold, "f" * 32, receipt.message))


async def test_memos_of_turns_that_ended_elsewhere_are_forgotten(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    turn = await turn_of(store, receipt)
    with turn.running():
        await turn.run("answer", Answered, noted(store, receipt, []))
    await forget_ended(store)
    assert len(await memos(store)) == 1
    ended = facts.TurnEnded(
        ticket=receipt.ticket, message=receipt.message, actor=DESK, outcome=OutcomeKind.QUIET
    )
    await store.record(ended)
    await forget_ended(store)
    assert await memos(store) == []


TEXTS = some.text(max_size=40)
ANSWERS = some.one_of(
    some.builds(Reply, TEXTS),
    some.builds(Question, TEXTS),
    some.builds(Handoff, TEXTS, TEXTS, TEXTS),
    some.builds(Escalation, some.sampled_from(EscalationReason), TEXTS),
)
PASSAGES = some.builds(
    Passage,
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    some.none() | some.dates(date(2000, 1, 1)),
    some.floats(0, 1),
)


@given(ANSWERS, some.lists(PASSAGES, max_size=2))
def test_every_answer_is_the_same_after_it_was_kept(
    answer: Answer, passages: list[Passage]
) -> None:
    answered = Answered(answer, PLUGIN, tuple(passages), duration_us=5)
    kept = adapter(Answered)
    assert kept.validate_json(kept.dump_json(answered)) == answered
