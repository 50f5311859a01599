"""Looking a post up before it is repeated: however much stands in the thread or the channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox.records import Message
from bot.slack import lookup
from bot.slack.lookup import MARGIN, Place, messages_since, posted_as
from bot.slack.messenger import metadata
from frontdesk import PostUnknown
from router.notice_facts import Audience
from tests.bot.slack.desks import Bench
from tests.bot.slack.test_noticeboard import board, losing, say, shown

BUSY = lookup.PAGE * lookup.MOST_PAGES + 100


def chatter(desk: Bench, channel: str, count: int, at: datetime, root: str | None = None) -> None:
    """Let people have written so much there, one message a millisecond from then on."""
    ana = desk.slack.workspace.user("ana")
    for number in range(count):
        ts = f"{(at + timedelta(milliseconds=number)).timestamp():.6f}"
        said = Message(ts, channel, ana.id, desk.slack.workspace.team_id, "Hm.", thread_ts=root)
        desk.slack.workspace.keep(said)


async def test_post_is_found_in_a_thread_of_many_replies(desk: Bench) -> None:
    asked = await desk.slack.post("ana", "help", "@frontdesk hello there")
    await desk.answer(asked)
    chatter(desk, asked.channel, BUSY, datetime.now(UTC) - 2 * MARGIN, asked.ts)
    desk.slack.fault("chat.postMessage", "lost_response")
    again = await desk.slack.post("ana", "help", "and this?", thread=asked.ts)
    await desk.answer(again)
    await desk.settled()

    assert len(desk.answers(asked)) == 2
    assert desk.slack.calls("chat.postMessage") == 2


async def test_notice_is_found_under_all_that_was_written_after_it(desk: Bench) -> None:
    await say(desk, "late:1", Audience.STAFF)
    await losing(board(desk)).tick()
    triage = desk.slack.workspace.channel("triage").id
    chatter(desk, triage, 3 * lookup.PAGE, datetime.now(UTC))
    await board(desk, "two").tick()

    assert len(shown(desk)) == 1
    assert "notice:posted" in await desk.kinds()


async def test_card_is_found_under_all_that_was_written_after_it(desk: Bench) -> None:
    calls, triage = desk.served.desk.calls, desk.slack.workspace.channel("triage").id
    place, key = Place(desk.slack.workspace.team_id, triage), "form:C-1"
    answer = await calls(
        place.team, "chat_postMessage", channel=triage, text="A card", metadata=metadata(key, 0, 1)
    )
    chatter(desk, triage, 3 * lookup.PAGE, datetime.now(UTC))

    assert await posted_as(calls, place, key, datetime.now(UTC)) == answer["ts"]
    assert await posted_as(calls, place, "form:C-2", datetime.now(UTC)) == ""


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(days=400)])
async def test_what_cannot_be_looked_through_is_not_said_to_be_missing(
    ahead: timedelta, desk: Bench
) -> None:
    asked = await desk.slack.post("ana", "help", "Somebody else's thread")
    chatter(desk, asked.channel, BUSY, datetime.now(UTC), asked.ts)
    place = Place(desk.slack.workspace.team_id, asked.channel, asked.ts)

    with pytest.raises(PostUnknown, match="4,000 messages"):
        await messages_since(desk.served.desk.calls, place, datetime.now(UTC) + ahead)
