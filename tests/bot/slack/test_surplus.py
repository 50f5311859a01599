"""What two processes posted both: one of it stays."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.slack.messenger import EVENT_TYPE, SlackMessenger, metadata
from bot.slack.surplus import surplus
from storage.tables import POST
from tests.bot.slack.desks import Bench


def message(ts: str, key: str = "M-1", piece: int = 0) -> dict[str, Any]:
    return {"ts": ts, "metadata": metadata(key, piece, 2)}


def test_of_each_piece_the_recorded_one_or_the_first_stays() -> None:
    there = [message("1.0"), message("2.0"), message("3.0", piece=1), message("4.0", piece=1)]
    others = [message("5.0", "M-2"), {"ts": "6.0", "text": "Thanks!"}]
    assert surplus([*there, *others], EVENT_TYPE, "M-1", "4.0") == ["2.0", "3.0"]


def test_what_stands_there_once_stays() -> None:
    there = [message("1.0"), message("3.0", piece=1)]
    assert surplus(there, EVENT_TYPE, "M-1", "gone") == []


async def test_second_answer_is_taken_back(desk: Bench) -> None:
    asked = await desk.slack.post("ana", "help", "@frontdesk hello there")
    first = await desk.answer(asked)
    await desk.settled()
    store = desk.app.store
    key = await store.read(lambda db: db.execute(select(POST.c.key)).scalar_one())
    where, posting = await store.conversation(key), await store.posting(key)
    assert posting and posting.done

    other = SlackMessenger(desk.messenger.calls)
    again = await other.post(where, posting.outcome, key)
    assert len(desk.answers(asked)) == 2

    assert await other.withdraw(where, key, posting.external) == [again]
    assert [one.ts for one in desk.answers(asked)] == [first.ts]
    assert await other.withdraw(where, key, posting.external) == []
