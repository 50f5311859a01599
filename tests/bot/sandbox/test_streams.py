"""Streams grow, end once, and die in the ways Slack lets them die."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.messages.chunk import MarkdownTextChunk, PlanUpdateChunk, TaskUpdateChunk
from slack_sdk.web.async_chat_stream import AsyncChatStream
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Message, Sandbox


async def begin(slack: Sandbox, client: AsyncWebClient) -> tuple[Message, AsyncChatStream]:
    asked = await slack.post("ana", "help", "why?")
    stream = await client.chat_stream(
        channel=asked.channel,
        thread_ts=asked.ts,
        recipient_team_id=slack.workspace.team_id,
        recipient_user_id=asked.user,
        buffer_size=1,
    )
    await stream.append(markdown_text="Because ")
    return slack.answers("help", thread=asked.ts)[0], stream


async def test_text_and_steps_grow_until_the_end(slack: Sandbox, client: AsyncWebClient) -> None:
    message, stream = await begin(slack, client)
    working = TaskUpdateChunk(id="1", title="Reading", status="in_progress")
    await stream.append(chunks=[PlanUpdateChunk(title="Finding out"), working])
    assert message.is_live
    assert message.blocks[0]["tasks"][0]["status"] == "in_progress"
    done = TaskUpdateChunk(id="1", title="Reading", status="complete")
    final = [{"type": "divider"}]
    await stream.stop(chunks=[done, MarkdownTextChunk(text="so.")], blocks=final)
    assert not message.is_live
    assert message.text == "Because so."
    assert [block["type"] for block in message.blocks] == ["plan", "markdown", "divider"]
    assert message.blocks[0]["tasks"][0]["status"] == "complete"


async def test_stream_in_a_channel_names_its_reader(slack: Sandbox, client: AsyncWebClient) -> None:
    asked = await slack.post("ana", "help", "why?")
    with pytest.raises(SlackApiError, match="missing_recipient_team_id"):
        await client.chat_startStream(channel=asked.channel, thread_ts=asked.ts)
    direct = await slack.post("ana", "dm", "why?")
    await client.chat_startStream(channel=direct.channel, thread_ts=direct.ts)


async def test_stream_ends_once(slack: Sandbox, client: AsyncWebClient) -> None:
    message, stream = await begin(slack, client)
    await stream.stop()
    with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
        await client.chat_stopStream(channel=message.channel, ts=message.ts)


async def test_live_stream_cannot_be_updated(slack: Sandbox, client: AsyncWebClient) -> None:
    message, _ = await begin(slack, client)
    with pytest.raises(SlackApiError, match="streaming_state_conflict"):
        await client.chat_update(channel=message.channel, ts=message.ts, text="x")


async def test_expired_stream_is_finished_by_an_update(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    message, stream = await begin(slack, client)
    slack.expire_stream("help", message.ts)
    with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
        await stream.stop(markdown_text="so.")
    await client.chat_update(channel=message.channel, ts=message.ts, text="Because so.")
    assert message.text == "Because so."


async def test_stop_button_ends_the_stream(slack: Sandbox, client: AsyncWebClient) -> None:
    message, stream = await begin(slack, client)
    assert message.thread_ts
    session = {"channel_id": message.channel, "thread_ts": message.thread_ts}
    await client.agents_sessions_setStatus(status="processing", title="Why", **session)
    stopped = await slack.stop("ana", "help", message.thread_ts)
    assert stopped == [message.ts]
    with pytest.raises(SlackApiError, match="stopped_by_user"):
        await stream.append(markdown_text="more")
    told = [one for one in slack.deliveries if one.name == "agent_session_stopped"]
    assert told[0].body["event"]["streaming_message_ts"] == [message.ts]
    kept = slack.workspace.sessions[message.channel, message.thread_ts]
    assert (kept.status, kept.title) == ("processing", "Why")


async def test_lost_append_is_repeated_in_sight(slack: Sandbox, client: AsyncWebClient) -> None:
    message, _ = await begin(slack, client)
    place = {"channel": message.channel, "ts": message.ts, "markdown_text": "B"}
    slack.fault("chat.appendStream", "lost_response")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_appendStream(**place)
    await client.chat_appendStream(**place)
    assert message.text == "Because BB"


async def test_unknown_chunk_is_refused_whole(slack: Sandbox, client: AsyncWebClient) -> None:
    message, _ = await begin(slack, client)
    chunks = [{"type": "markdown_text", "text": "kept?"}, {"type": "sing"}]
    with pytest.raises(SlackApiError, match="invalid_chunks"):
        await client.chat_appendStream(channel=message.channel, ts=message.ts, chunks=chunks)
    assert message.text == "Because "


async def test_status_line_goes_with_the_answer(slack: Sandbox, client: AsyncWebClient) -> None:
    asked = await slack.post("ana", "help", "why?")
    place = {"channel_id": asked.channel, "thread_ts": asked.ts}
    await client.assistant_threads_setStatus(status="is checking…", **place)
    status = slack.workspace.thread_status(asked.channel, asked.ts)
    assert status
    assert status.text == "is checking…"
    await client.chat_postMessage(channel=asked.channel, thread_ts=asked.ts, text="so")
    assert slack.workspace.thread_status(asked.channel, asked.ts) is None
