"""Verify reads what it can: a post that nobody approved in these words is found."""

from __future__ import annotations

from typing import Any

import pytest

from router.records import OutcomeKind
from storage.ledger.verify import verify
from tests.storage import desk
from tests.storage.conftest import Database


async def _codes(database: Database, *posted: str, **options: Any) -> list[str]:
    store = database.open()
    receipt = await store.receive(desk.delivery("d1"))
    await store.record(desk.gated(receipt), desk.routed(receipt))
    await store.record(desk.drafted(receipt, text="It is refunded."), desk.approved(receipt))
    for text in posted:
        result = desk.outcome(receipt, OutcomeKind.REPLIED, text)
        await store.record(desk.intended(result))
    await store.record(desk.posted(result), desk.ended(result, "billing"))
    await store.close()
    return [one.code for one in verify(database.url, database.keys, **options).findings]


@pytest.mark.parametrize("text", ["It is refunded.", "Billing:\nIt is refunded.\n\nAnd more."])
async def test_approved_words_may_go_out(sqlite: Database, text: str) -> None:
    assert await _codes(sqlite, text) == []


@pytest.mark.parametrize("text", ["It is not refunded, ever.", "", "It is"])
async def test_other_words_may_not(sqlite: Database, text: str) -> None:
    assert await _codes(sqlite, text) == ["state-machine"]


async def test_other_words_on_second_thought_may_not(sqlite: Database) -> None:
    assert await _codes(sqlite, "It is refunded.", "Nothing is refunded.") == ["state-machine"]
