"""What comes in: kept before it is acknowledged, once, and nothing that is none of ours."""

import sqlite3
from pathlib import Path

from bot.sandbox import Sandbox
from tests.bot.slack.desks import BRISK, Bench, bench, slower


async def test_question_is_answered_in_its_thread(both: Bench) -> None:
    asked = await both.slack.post("ana", "help", "@frontdesk where is my invoice?")
    answer = await both.answer(asked)
    assert answer.thread_ts == asked.ts
    assert "About where is my invoice?: it is done." in answer.text


async def test_direct_message_needs_no_mention(both: Bench) -> None:
    asked = await both.slack.post("ana", "dm", "where is my invoice?")
    assert "it is done" in (await both.answer(asked)).text


async def test_same_event_four_times_is_one_reply(both: Bench) -> None:  # probe B, scenario 8
    both.slack.fault("events", "duplicate", copies=3, times=2)
    asked = await both.slack.post("ana", "help", "@frontdesk hello there")
    await both.answer(asked)
    await both.settled()
    assert len(both.answers(asked)) == 1
    assert both.helper.asked == ["hello there"]


async def test_mention_and_message_of_one_post_are_one_turn(both: Bench) -> None:  # C, 10
    asked = await both.slack.post("ana", "help", "@frontdesk hello there")
    await both.settled()
    assert len({one.id for one in both.slack.deliveries}) >= 2
    assert len(both.answers(asked)) == 1
    assert (await both.kinds()).count("message:received") == 1


async def test_only_the_retry_arrives_and_is_answered(both: Bench) -> None:  # 9
    both.slack.fault("events:app_mention", "lose")
    both.slack.fault("events:message", "delay", seconds=0.3)
    asked = await both.slack.post("ana", "help", "@frontdesk hello there")
    assert "hello there" in (await both.answer(asked)).text


async def test_ack_is_quick_while_answers_are_slow(both: Bench) -> None:  # A
    both.helper.free.clear()
    posts = [await both.slack.post("ana", "help", f"@frontdesk question {n}") for n in range(30)]
    await both.slack.wait_until_settled()
    slowest = max(attempt.seconds for one in both.slack.deliveries for attempt in one.attempts)
    assert all(one.acknowledged for one in both.slack.deliveries)
    assert slowest < 3.0
    both.helper.free.set()
    await both.answer(posts[0])


async def test_what_could_not_be_kept_is_not_acknowledged(desk: Bench, tmp_path: Path) -> None:  # H
    with sqlite3.connect(tmp_path / "frontdesk.db", isolation_level=None) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON message BEGIN "
            "SELECT RAISE(ABORT, 'the disk is full'); END"
        )
        asked = await desk.slack.post("ana", "help", "@frontdesk hello there")
        await desk.slack.wait_for(lambda: desk.slack.deliveries[0].attempts)
        assert desk.slack.deliveries[0].attempts[0].status == 500
        database.execute("DROP TRIGGER full")
    database.close()
    assert "hello there" in (await desk.answer(asked)).text
    assert len(desk.answers(asked)) == 1


async def test_unknown_events_are_acknowledged(both: Bench) -> None:  # R
    await both.slack.look_at("ana", [])
    await both.slack.join("zoe", "help")
    await both.slack.react("ana", "help", (await both.slack.post("ana", "help", "hi")).ts, "tada")
    await both.slack.wait_until_settled()
    assert {one.state for one in both.slack.deliveries} == {"acknowledged"}
    assert {a.status for one in both.slack.deliveries for a in one.attempts} <= {200, None}


async def test_click_and_command_nobody_listens_for_are_acknowledged(both: Bench) -> None:  # R
    asked = await both.slack.post("ana", "help", "@frontdesk hello there")
    answer = await both.answer(asked)
    clicked = await both.slack.press("ana", "help", answer.ts, "talk_to_human")
    typed = await both.slack.command("ana", "help", "/frontdesk help")
    assert clicked.acknowledged
    assert typed.acknowledged


async def test_command_with_the_word_payload_is_understood(both: Bench) -> None:  # S
    heard: list[str] = []

    @both.served.desk.bolt.command("/frontdesk")
    async def listen(ack, command) -> None:  # type: ignore[no-untyped-def]
        heard.append(command["text"])
        await ack()

    delivery = await both.slack.command("ana", "help", "/frontdesk my payload is broken")
    assert heard == ["my payload is broken"]
    assert delivery.acknowledged


async def test_unsigned_and_wrongly_signed_requests_are_refused(desk: Bench) -> None:
    door = desk.served.desk.door
    headers = {"content-type": "application/json", "x-slack-request-timestamp": "1"}
    for signature in ("", "v0=abc", "v0=\N{SNOWMAN}"):
        assert (await door.http(b"{}", {**headers, "x-slack-signature": signature})).status == 401
    odd = {**headers, "x-slack-request-timestamp": "soon", "x-slack-signature": "v0=1"}
    assert (await door.http(b"{}", odd)).status == 401


async def test_request_url_is_verified(desk: Bench) -> None:
    assert await desk.slack.verify_request_url()


async def test_other_bot_that_mentions_us_gets_no_answer(both: Bench) -> None:  # K
    workspace, talk = both.slack.workspace, both.slack.core.conversations
    channel = workspace.channel("help")
    for number in range(20):
        message = talk.draft(workspace, channel, workspace.user("ben"))
        message.bot_id, message.text = "B0OTHER00", f"<@{workspace.bot.id}> again {number}"
        talk.post(workspace, channel, message)
    await both.settled()
    assert both.slack.answers("help") == []
    assert both.helper.asked == []


async def test_talk_among_people_is_left_alone(both: Bench) -> None:
    await both.slack.post("ana", "help", "anybody up for lunch?")
    await both.settled()
    assert both.slack.answers("help") == []
    assert await both.kinds() == []


async def test_desk_is_stopped_and_started_without_losing_a_question(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with bench(slack, tmp_path, pace=slower(BRISK, grace=0.1)) as first:
        first.helper.free.clear()
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        await slack.wait_for(lambda: first.helper.asked)
    assert slack.answers("help") == []
    async with bench(slack, tmp_path) as second:
        assert "hello there" in (await second.answer(asked)).text
        assert len(second.answers(asked)) == 1
