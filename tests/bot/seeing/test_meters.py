"""What is on record is counted, once, and nothing else."""

import asyncio

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.seeing.meters import Meters
from frontdesk.errors import StoreError
from router import facts
from router.records import OutcomeKind
from storage import state
from storage.store import SqlStore
from tests.databases import Database
from tests.storage.desk import (
    answer,
    delivery,
    escalated,
    failed,
    gated,
    intended,
    outcome,
    posted,
    rejected,
)


def figures(meters: Meters) -> dict[str, float]:
    """All samples, by name and labels."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(meters.text().decode()):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name.removeprefix('frontdesk_')}{{{labels}}}"] = sample.value
    return found


def watched(database: Database) -> tuple[SqlStore, Meters]:
    store, meters = database.open(), Meters()
    store.witness.observers.append(meters.committed)
    return store, meters


async def test_whole_turn_is_counted(database: Database) -> None:
    store, meters = watched(database)
    receipt = await store.receive(delivery("one"))
    await store.receive(delivery("one"))
    await answer(store, receipt)
    await store.close()

    seen = figures(meters)
    assert seen["messages_received_total{source=test}"] == 1
    assert seen["turns_total{outcome=replied}"] == 1
    assert seen["verdicts_total{verdict=approved,what=reply}"] == 1
    assert seen["answers_total{result=reply,specialist=billing}"] == 1
    assert seen["posts_total{result=ok}"] == 1


async def test_what_goes_wrong_is_counted(sqlite: Database) -> None:
    store, meters = watched(sqlite)
    receipt = await store.receive(delivery("one"))
    result = outcome(receipt, OutcomeKind.ESCALATED)
    await store.record(gated(receipt), rejected(receipt), escalated(receipt), intended(result))
    await store.record(failed(result))
    await store.record(posted(result))
    await store.close()

    seen = figures(meters)
    assert seen["verdicts_total{verdict=rejected,what=reply}"] == 1
    assert seen["escalations_total{reason=unsure}"] == 1
    assert seen["posts_total{result=failed}"] == 1


async def test_model_calls_tokens_and_cost_are_counted(sqlite: Database) -> None:
    store, meters = watched(sqlite)
    receipt = await store.receive(delivery("one"))
    await store.record(called(receipt.ticket), called(receipt.ticket, fault="overloaded"))
    await store.close()

    seen = figures(meters)
    assert seen["model_calls_total{model=claude,result=ok,role=router}"] == 1
    assert seen["model_calls_total{model=claude,result=overloaded,role=router}"] == 1
    assert seen["model_tokens_total{kind=input,model=claude}"] == 200
    assert seen["model_cost_dollars_total{model=claude}"] == pytest.approx(0.003)
    assert seen["model_call_seconds_sum{model=claude,role=router}"] == pytest.approx(5)


async def test_what_was_rolled_back_is_not_counted(database: Database) -> None:
    store, meters = watched(database)
    receipt = await store.receive(delivery("one"))
    with pytest.raises(StoreError):
        await store.record(gated(receipt), posted(outcome(receipt, OutcomeKind.REPLIED)))
    await store.close()

    assert not [name for name in figures(meters) if name.startswith("posts_total")]


async def test_failed_job_of_a_group_does_not_count_and_the_others_count_once(
    sqlite: Database,
) -> None:
    store, meters = watched(sqlite)
    receipts = [await store.receive(delivery(f"d{n}")) for n in range(6)]

    def doomed(connection: object, appender: object) -> None:
        state.record(connection, appender, [escalated(receipts[0])])  # type: ignore[arg-type]
        raise StoreError("nothing was recorded: on purpose")

    done = await asyncio.gather(
        *(store.record(escalated(receipt)) for receipt in receipts[1:]),
        store.write(doomed),
        return_exceptions=True,
    )
    await store.close()

    assert sum(isinstance(one, StoreError) for one in done) == 1
    assert figures(meters)["escalations_total{reason=unsure}"] == 5


async def test_observer_that_fails_keeps_nothing_from_being_recorded(sqlite: Database) -> None:
    store = sqlite.open()
    store.witness.observers.append(lambda happened: 1 / 0)  # type: ignore[arg-type, return-value]
    receipt = await store.receive(delivery("one"))

    assert await store.record(gated(receipt))
    await store.close()


def called(ticket: str, fault: str = "") -> facts.ModelCalled:
    return facts.ModelCalled(
        ticket=ticket,
        actor="agent:router",
        role="router",
        requested="claude",
        returned="claude-1",
        prompt="router@1",
        prompt_digest="00",
        params_digest="00",
        request_id="req_1",
        stop_reason="end_turn",
        input_tokens=100,
        output_tokens=10,
        cache_read_tokens=0,
        cache_write_tokens=0,
        cost_microusd=1500,
        latency_us=2_500_000,
        attempts=1,
        fault=fault,
    )
