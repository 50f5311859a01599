"""Steps as task cards: shown when it takes longer, and always finished, once."""

from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.records import Message
from bot.slack.attention import STOPPED
from tests.bot.slack.desks import BRISK, TRANSPORTS, Bench, bench, slower


async def live_stream(desk: Bench, asked: Message) -> Message:
    """The message with the steps, once the specialist's card is there."""

    def found() -> Message | None:
        for one in desk.slack.answers(asked.channel, thread=asked.ts):
            if one.is_live and any("Billing" in str(block) for block in one.blocks):
                return one
        return None

    return await desk.slack.wait_for(found)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_slow_answer_shows_steps_and_ends_in_the_same_message(
    slack: Sandbox, tmp_path: Path, transport: str
) -> None:
    async with bench(slack, tmp_path, transport, stream_after=0.2) as desk:
        desk.helper.free.clear()
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        live = await live_stream(desk, asked)
        assert live.text == ""
        desk.helper.free.set()
        answer = await desk.answer(asked)
        await desk.settled()
        assert answer.ts == live.ts
        assert len(slack.answers("help", thread=asked.ts)) == 1
        assert answer.text == "About hello there: it is done."
        cards = [block for block in answer.blocks if block["type"] == "task_card"]
        assert {card["status"] for card in cards} == {"complete"}
        assert answer.metadata
        assert await desk.served.desk.memory.streams() == []


async def test_stream_that_died_is_finished_by_an_update(slack: Sandbox, tmp_path: Path) -> None:
    async with bench(slack, tmp_path, stream_after=0.2) as desk:  # scenario 16
        desk.helper.free.clear()
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        live = await live_stream(desk, asked)
        slack.expire_stream("help", live.ts)
        desk.helper.free.set()
        await slack.wait_for(lambda: "it is done" in live.text)
        await desk.settled()
        assert len(slack.answers("help", thread=asked.ts)) == 1


async def test_lost_answer_at_the_end_of_a_stream_leaves_one_reply(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with bench(slack, tmp_path, stream_after=0.2) as desk:
        slack.fault("chat.stopStream", "lost_response")
        slack.fault("chat.update", "lost_response")
        desk.helper.free.clear()
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        live = await live_stream(desk, asked)
        desk.helper.free.set()
        await desk.settled()
        assert [one.text for one in slack.answers("help", thread=asked.ts)] == [live.text]
        assert live.text.count("it is done") == 1
        assert slack.calls("chat.postMessage") == 0


async def test_restart_with_a_stream_open_finishes_it_by_update(
    slack: Sandbox, tmp_path: Path
) -> None:  # T
    async with bench(slack, tmp_path, stream_after=0.2, pace=slower(BRISK, grace=0.1)) as first:
        first.helper.free.clear()
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        live = await live_stream(first, asked)
    slack.expire_stream("help", live.ts)
    async with bench(slack, tmp_path) as second:
        await slack.wait_for(lambda: "it is done" in live.text)
        await second.settled()
        assert len(slack.answers("help", thread=asked.ts)) == 1
        assert await second.served.desk.memory.streams() == []


async def test_stopped_turn_leaves_no_open_stream(slack: Sandbox, tmp_path: Path) -> None:
    async with bench(slack, tmp_path, stream_after=0.2) as desk:  # I
        desk.helper.free.clear()
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        live = await live_stream(desk, asked)
        assert await slack.stop("ana", "help", asked.ts) == [live.ts]
        await desk.settled()
        assert STOPPED in live.text
        assert not live.is_live
        assert len(slack.answers("help", thread=asked.ts)) == 1


async def test_where_streams_are_refused_the_answer_is_posted(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with bench(slack, tmp_path, stream_after=0.05) as desk:
        slack.fault("chat.startStream", "error", error="unknown_method", times=9)
        desk.helper.free.clear()
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        await slack.wait_for(lambda: slack.calls("chat.startStream"))
        desk.helper.free.set()
        assert "it is done" in (await desk.answer(asked)).text
        assert slack.calls("chat.startStream") == 1


async def test_stream_whose_beginning_got_lost_is_found_again(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with bench(slack, tmp_path, stream_after=0.1) as desk:
        slack.fault("chat.startStream", "lost_response")
        desk.helper.free.clear()
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        await slack.wait_for(lambda: slack.answers("help", thread=asked.ts))
        desk.helper.free.set()
        await desk.settled()
        (answer,) = slack.answers("help", thread=asked.ts)
        assert "it is done" in answer.text
