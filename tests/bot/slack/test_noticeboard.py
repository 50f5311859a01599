"""Notices become visible where they belong, once, whatever happens in between."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.sandbox.records import Message
from bot.slack.noticeboard import NoticeBoard
from bot.slack.per_team import PerTeam
from frontdesk import PostUnknown
from router.notice_facts import Audience
from storage.notices import Notice, Notices, announce
from storage.tables import TICKET
from tests.bot.slack.desks import Bench

PICTURE = b"\x89PNG\r\n\x1a\n picture"


def board(desk: Bench, me: str = "one") -> NoticeBoard:
    parts = desk.served.desk
    triage = PerTeam(desk.slack.workspace.channel("triage").id)
    # Whoever else was at a notice is gone: that is when it is taken over.
    notices = Notices(desk.app.store, me, lambda process: True)
    return NoticeBoard(notices, parts.calls, parts.workspaces, triage)


def losing(dying: NoticeBoard) -> NoticeBoard:
    """The same one, to which no answer of Slack gets through."""
    said = dying.calls

    async def lost(team: str, method: str, **given: object) -> dict[str, object]:
        await said(team, method, **given)
        raise PostUnknown("the answer got lost")

    dying.calls = lost  # type: ignore[assignment]
    return dying


async def say(desk: Bench, key: str, audience: Audience, **given: str | None) -> None:
    text = str(given.pop("text", None) or "Ticket *T-1* waits for somebody.")
    notice = Notice(key, audience, desk.slack.workspace.team_id, **given)  # type: ignore[arg-type]
    await desk.app.store.write(
        lambda db, appender: announce(db, appender, notice, {"notice": text, "alt": "A picture"})
    )


def shown(desk: Bench, channel: str = "triage") -> list[Message]:
    return list(desk.slack.answers(channel))


async def test_staff_reads_a_notice_once(desk: Bench) -> None:
    await say(desk, "late:1", Audience.STAFF)
    for _ in range(3):
        await board(desk).tick()
    (message,) = shown(desk)
    assert "waits for somebody" in str(message.blocks)
    assert [kind for kind in await desk.kinds() if kind.startswith("notice:")] == [
        "notice:intended",
        "notice:posted",
    ]


async def test_notice_for_a_person_is_a_direct_message(desk: Bench) -> None:
    sam = desk.slack.workspace.user("sam").id
    await say(desk, "late:2", Audience.PERSON, person=sam)
    await board(desk).tick()
    assert shown(desk) == []
    direct = [one for one in desk.slack.workspace.channels.values() if one.id.startswith("D")]
    said = [one for channel in direct for one in desk.slack.answers(channel.id)]
    assert [one.text for one in said] == ["Ticket *T-1* waits for somebody."]


async def test_notice_for_staff_mentions_the_person_it_is_about(desk: Bench) -> None:
    sam = desk.slack.workspace.user("sam").id
    await say(desk, "late:3", Audience.STAFF, person=sam, text="look <!channel>")
    await board(desk).tick()
    (message,) = shown(desk)
    assert message.text == f"<@{sam}> look &lt;!channel&gt;"


async def test_notice_for_a_requester_stands_in_the_thread(desk: Bench) -> None:
    asked = await desk.slack.post("ana", "help", "@frontdesk where is my bill?")
    await desk.answer(asked)
    await desk.settled()
    (ticket,) = await _tickets(desk)
    await say(desk, "nudge:1", Audience.REQUESTER, ticket=ticket, text="Are you still there?")
    await board(desk).tick()
    assert desk.answers(asked)[-1].text == "Are you still there?"


async def test_notice_whose_answer_got_lost_is_found_and_not_repeated(desk: Bench) -> None:
    await say(desk, "late:4", Audience.STAFF)
    await losing(board(desk)).tick()
    assert len(shown(desk)) == 1
    await board(desk, "two").tick()
    assert len(shown(desk)) == 1
    assert "notice:posted" in await desk.kinds()


async def test_picture_comes_with_it_once(desk: Bench) -> None:
    digest = await desk.app.store.keep("picture", PICTURE)
    await say(desk, "digest:1", Audience.STAFF, picture=digest)
    await board(desk).tick()
    with_files = [one for one in shown(desk) if one.files]
    assert len(shown(desk)) == 2
    assert len(with_files) == 1
    (kept,) = [content for _, content in desk.slack.workspace.files.values()]
    assert kept == PICTURE


async def test_what_is_a_day_old_is_no_news(desk: Bench) -> None:
    await say(desk, "late:5", Audience.STAFF)
    late = board(desk)

    class Tomorrow:
        def now(self) -> datetime:
            return datetime.now(UTC) + timedelta(hours=25)

    late.clock = Tomorrow()
    await late.tick()
    assert shown(desk) == []
    assert await late.notices.waiting() == []


async def test_two_processes_say_it_once(desk: Bench) -> None:
    for number in range(5):
        await say(desk, f"late:many:{number}", Audience.STAFF)
    one, two = board(desk, "one"), board(desk, "two")
    one.notices = Notices(desk.app.store, "one", lambda process: False)
    two.notices = Notices(desk.app.store, "two", lambda process: False)
    await asyncio.gather(one.tick(), two.tick())
    assert len(shown(desk)) == 5


async def _tickets(desk: Bench) -> list[str]:
    wanted = select(TICKET.c.id)
    return list(await desk.app.store.read(lambda db: db.execute(wanted).scalars().all()))
