"""The shape of what the app hears, beyond plain messages."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import App, Sandbox


def heard(slack: Sandbox, name: str) -> list[dict[str, Any]]:
    return [one.body["event"] for one in slack.deliveries if one.name == name]


async def test_own_post_is_heard_with_its_bot_marks(slack: Sandbox, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="help", text="hello")
    [event] = heard(slack, "message")
    assert event["bot_id"] == slack.workspace.bot.bot_id
    assert event["app_id"] == slack.core.app.id
    assert event["bot_profile"]["name"] == "Frontdesk"


async def test_own_update_is_heard_as_a_change(slack: Sandbox, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="help", text="draft")
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="final")
    changed = heard(slack, "message")[1]
    assert changed["subtype"] == "message_changed"
    assert changed["message"]["text"] == "final"
    assert changed["previous_message"]["text"] == "draft"


async def test_other_bot_can_mention_the_app(slack: Sandbox) -> None:
    await slack.post("deploybot", "help", "@frontdesk deploy failed")
    [mention] = heard(slack, "app_mention")
    assert mention["bot_id"] != slack.workspace.bot.bot_id


async def test_direct_message_is_no_mention(slack: Sandbox) -> None:
    await slack.post("ana", "dm", "@frontdesk hello")
    assert heard(slack, "message")[0]["channel_type"] == "im"
    assert not heard(slack, "app_mention")


async def test_private_channel_message_is_of_type_group(slack: Sandbox) -> None:
    await slack.post("sam", "triage", "mine")
    assert heard(slack, "message")[0]["channel_type"] == "group"


async def test_reply_names_the_roots_author(slack: Sandbox) -> None:
    root = await slack.post("ana", "help", "hello")
    reply = await slack.post("ben", "help", "me too", thread=root.ts)
    nested = await slack.post("sam", "help", "same", thread=reply.ts)
    event = heard(slack, "message")[2]
    assert event["parent_user_id"] == root.user
    assert nested.thread_ts == root.ts


async def test_unfurl_is_a_change_that_keeps_the_text(slack: Sandbox) -> None:
    posted = await slack.post("ana", "help", "see https://a.example")
    await slack.unfurl("help", posted.ts, "https://a.example")
    changed = heard(slack, "message")[1]
    assert changed["message"]["text"] == changed["previous_message"]["text"]
    assert "edited" not in changed["message"]


async def test_reaction_names_its_message(slack: Sandbox) -> None:
    posted = await slack.post("ana", "help", "hello")
    await slack.react("sam", "help", posted.ts, "ticket")
    [event] = heard(slack, "reaction_added")
    assert event["reaction"] == "ticket"
    assert event["item"] == {"type": "message", "channel": posted.channel, "ts": posted.ts}
    assert event["item_user"] == posted.user


async def test_messages_tab_tells_where_it_is(slack: Sandbox) -> None:
    await slack.open_home("ana", "messages")
    [event] = heard(slack, "app_home_opened")
    assert event["tab"] == "messages"
    assert event["channel"] == slack.workspace.direct_message(event["user"]).id


@pytest.mark.parametrize("entities", [[], [{"type": "slack#/types/channel_id", "value": "C1"}]])
async def test_context_is_empty_when_nothing_is_in_view(
    slack: Sandbox, entities: list[dict[str, Any]]
) -> None:
    await slack.look_at("ana", entities)
    [event] = heard(slack, "app_context_changed")
    assert event["context"] == ({"entities": entities} if entities else {})


async def test_new_title_comes_with_the_old_one(slack: Sandbox, client: AsyncWebClient) -> None:
    asked = await slack.post("ana", "dm", "hello")
    place = {"channel_id": asked.channel, "thread_ts": asked.ts}
    await client.agents_sessions_setStatus(status="active", title="Refund", **place)
    await slack.rename_session("ana", "dm", asked.ts, "Refund for order 12")
    [event] = heard(slack, "agent_session_title_changed")
    assert (event["previous_title"], event["title"]) == ("Refund", "Refund for order 12")


async def test_app_hears_only_what_it_subscribed_to() -> None:
    async with Sandbox(app=App(events=frozenset({"app_mention"}))) as slack:
        await slack.post("ana", "help", "@frontdesk hello")
        assert [one.name for one in slack.deliveries] == ["app_mention"]


async def test_without_the_stop_event_the_session_warns() -> None:
    async with Sandbox(app=App(events=frozenset({"message.im"}))) as slack:
        asked = await slack.post("ana", "dm", "hello")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        answer = await client.agents_sessions_setStatus(
            channel_id=asked.channel, thread_ts=asked.ts, status="processing"
        )
        assert "agent_session_stopped" in answer["warning"]
