"""Events of the Open Cybersecurity Schema Framework."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from router import facts
from router.records import Receipt
from storage.export.runs import Form
from storage.ledger.canonical import encode
from storage.ledger.merkle import leaf_hash
from storage.search.filters import Filter
from storage.store import SqlStore
from tests.storage.export.ocsf_schema import objections
from tests.storage.export.test_exports import exported
from tests.storage.privacy.test_erasure import answered, erased


def called(receipt: Receipt) -> facts.ModelCalled:
    return facts.ModelCalled(
        ticket=receipt.ticket,
        message=receipt.message,
        actor="system:desk",
        role="router",
        requested="claude-x",
        returned="claude-x-1",
        prompt="route@1",
        prompt_digest="00" * 32,
        params_digest="00" * 32,
        request_id="r1",
        stop_reason="end_turn",
        input_tokens=100,
        output_tokens=20,
        cache_read_tokens=0,
        cache_write_tokens=0,
        cost_microusd=77,
        latency_us=1000,
        attempts=1,
    )


@pytest.fixture
async def events(sqlite_store: SqlStore, tmp_path: Path) -> list[dict[str, Any]]:
    receipt = await answered(sqlite_store, "d1", "U1")
    await sqlite_store.record(called(receipt))
    await answered(sqlite_store, "d2", "U2")
    await erased(sqlite_store, "slack:U2")
    await exported(sqlite_store, tmp_path / "e.jsonl", Form.OCSF)
    return [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()]


def of_kind(events: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(event for event in events if event["api"]["operation"] == kind)


def test_every_event_is_as_the_schema_asks(events: list[dict[str, Any]]) -> None:
    assert len(events) > 20
    assert [problem for event in events for problem in objections(event)] == []


def test_schema_checks_find_what_is_wrong(events: list[dict[str, Any]]) -> None:
    event = dict(events[0]) | {"severity_id": 7, "colour": "red", "time": "now"}
    del event["actor"]
    assert set(objections(event)) == {
        "event.severity_id is 7, which is no number of it",
        "event.colour is not known",
        "event.time is no int",
        "event.actor is missing",
    }


def test_type_is_class_and_activity(events: list[dict[str, Any]]) -> None:
    assert all(e["type_uid"] == e["class_uid"] * 100 + e["activity_id"] for e in events)
    assert of_kind(events, "payload:erased")["activity_id"] == 4
    assert of_kind(events, "ticket:opened")["activity_id"] == 1


def test_agent_model_and_tokens_are_in_their_places(events: list[dict[str, Any]]) -> None:
    event = of_kind(events, "model:called")
    assert event["ai_agent"]["name"] == "router"
    assert event["ai_agent"]["ai_model"] == {"name": "claude-x-1", "ai_provider": "Anthropic"}
    assert event["message_context"]["total_tokens"] == 120
    assert of_kind(events, "answer:drafted")["ai_agent"]["uid"] == "plugin:billing"


def test_raw_data_is_the_entry_that_the_log_has_hashed(events: list[dict[str, Any]]) -> None:
    for event in events:
        data = event["raw_data"].encode()
        assert event["raw_data_hash"]["value"] == hashlib.sha256(data).hexdigest()
        assert len(leaf_hash(data)) == 32
        assert json.loads(data)["id"] == event["metadata"]["uid"]


def test_each_event_attests_to_itself_and_the_one_before(events: list[dict[str, Any]]) -> None:
    before: dict[str, Any] | None = None
    for event in events:
        (attestation,) = event["attestation_list"]
        fingerprint = attestation.pop("fingerprint")
        assert fingerprint["value"] == hashlib.sha256(encode(event)).hexdigest()
        assert attestation.get("prev_event", {}).get("fingerprint") == before
        before = fingerprint


async def test_part_of_the_log_is_chained_as_well(sqlite_store: SqlStore, tmp_path: Path) -> None:
    for number in range(3):
        await answered(sqlite_store, f"d{number}", f"U{number}")
    await exported(sqlite_store, tmp_path / "e.jsonl", Form.OCSF, Filter(kind="route"))
    lines = (tmp_path / "e.jsonl").read_text().splitlines()
    chained = [json.loads(line)["attestation_list"][0].get("prev_event") for line in lines]
    assert [one is None for one in chained] == [True, False, False]
