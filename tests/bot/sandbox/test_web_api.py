"""The Web API says yes and no as Slack does."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import App, Sandbox
from tests.bot.sandbox.apps import client_of

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}
PLAIN = {"type": "plain_text", "text": "x"}


async def error_of(client: AsyncWebClient, method: str, **args: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(method, json=args)
    return str(refused.value.response["error"])


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"channel": "nowhere", "text": "x"}, "channel_not_found"),
        ({"channel": "triage2", "text": "x"}, "channel_not_found"),
        ({"channel": "random", "text": "x"}, "not_in_channel"),
        ({"channel": "help"}, "no_text"),
        ({"text": "x"}, "invalid_arguments"),
        ({"channel": "help", "markdown_text": "x", "text": "x"}, "markdown_text_conflict"),
        ({"channel": "help", "markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"channel": "help", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": "help", "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"channel": "help", "blocks": [SECTION] * 51}, "invalid_blocks"),
        ({"channel": "help", "blocks": "not json"}, "invalid_blocks_format"),
        (
            {
                "channel": "help",
                "blocks": [{"type": "header", "text": PLAIN | {"text": "x" * 151}}],
            },
            "invalid_blocks",
        ),
        (
            {
                "channel": "help",
                "blocks": [SECTION | {"text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5,
            },
            "msg_blocks_too_long",
        ),
        (
            {"channel": "help", "text": "x", "metadata": {"event_type": "a"}},
            "invalid_metadata_schema",
        ),
        ({"channel": "help", "text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
    ],
)
async def test_bad_post_is_refused_by_its_name(
    client: AsyncWebClient, args: dict[str, Any], error: str
) -> None:
    assert await error_of(client, "chat.postMessage", **args) == error


async def test_bot_outside_a_private_channel_cannot_see_it(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    await slack.leave("frontdesk", "triage")
    assert await error_of(client, "conversations.info", channel="triage") == "channel_not_found"


async def test_update_and_delete_are_for_own_messages(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    theirs = await slack.post("ana", "help", "mine")
    own = await client.chat_postMessage(channel="help", text="ours")
    place = {"channel": theirs.channel}
    cases = [
        ("chat.update", {"ts": theirs.ts, "text": "x"}, "cant_update_message"),
        ("chat.delete", {"ts": theirs.ts}, "cant_delete_message"),
        ("chat.update", {"ts": "1.000001", "text": "x"}, "message_not_found"),
        ("chat.update", {"ts": own["ts"], "text": "x" * 4_001}, "msg_too_long"),
    ]
    for method, args, error in cases:
        assert await error_of(client, method, **place, **args) == error


async def test_unknown_method_and_bad_tokens(slack: Sandbox, client: AsyncWebClient) -> None:
    assert await error_of(client, "chat.sing") == "unknown_method"
    assert await error_of(client_of(slack, "xoxb-wrong"), "auth.test") == "invalid_auth"
    async with aiohttp.ClientSession() as session:
        answer = await (await session.post(f"{slack.api_url}auth.test")).json()
    assert answer == {"ok": False, "error": "not_authed"}


async def test_form_and_json_bodies_mean_the_same(slack: Sandbox, client: AsyncWebClient) -> None:
    await client.api_call("chat.postMessage", json={"channel": "help", "text": "json"})
    await client.api_call("chat.postMessage", data={"channel": "help", "text": "form"})
    await client.api_call("chat.postMessage", params={"channel": "help", "text": "query"})
    assert [one.text for one in slack.answers("help")] == ["json", "form", "query"]


async def test_missing_scope_names_what_is_needed() -> None:
    async with Sandbox(app=App(scopes=frozenset({"chat:write"}))) as slack:
        client = client_of(slack)
        await client.chat_postMessage(channel="help", text="allowed")
        with pytest.raises(SlackApiError) as refused:
            await client.users_info(user="U0AANA000")
    assert refused.value.response["needed"] == "users:read"
    assert refused.value.response["provided"] == "chat:write"


async def test_metadata_is_found_again_only_when_asked_for(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    asked = await slack.post("ana", "help", "hello")
    metadata = {"event_type": "support_reply", "event_payload": {"key": "k-1"}}
    await client.chat_postMessage(
        channel=asked.channel, thread_ts=asked.ts, text="hi", metadata=metadata
    )
    place = {"channel": asked.channel, "ts": asked.ts}
    with_metadata = await client.conversations_replies(**place, include_all_metadata=True)
    without = await client.conversations_replies(**place)
    assert with_metadata["messages"][1]["metadata"] == metadata
    assert "metadata" not in without["messages"][1]


async def test_replies_come_in_pages_with_the_root_first(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    root = await slack.post("ana", "help", "root")
    for number in range(5):
        await slack.post("ben", "help", f"reply {number}", thread=root.ts)
    seen, cursor = [], ""
    while True:
        page = await client.conversations_replies(
            channel=root.channel, ts=root.ts, limit=2, cursor=cursor
        )
        assert page["messages"][0]["text"] == "root"
        seen += [message["text"] for message in page["messages"][1:]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert seen == [f"reply {number}" for number in range(5)]


async def test_replies_after_a_moment_leave_older_ones_out(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    root = await slack.post("ana", "help", "root")
    old = await slack.post("ben", "help", "old", thread=root.ts)
    await slack.post("ben", "help", "new", thread=root.ts)
    found = await client.conversations_replies(channel=root.channel, ts=root.ts, oldest=old.ts)
    assert [message["text"] for message in found["messages"]] == ["root", "new"]


async def test_history_is_newest_first_without_replies(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    root = await slack.post("ana", "help", "first")
    await slack.post("ben", "help", "reply", thread=root.ts)
    await slack.post("ana", "help", "second")
    found = await client.conversations_history(channel=root.channel)
    assert [message["text"] for message in found["messages"]] == ["second", "first"]
    assert found["messages"][1]["reply_count"] == 1


async def test_deleted_root_with_replies_leaves_a_tombstone(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    root = await slack.post("ana", "help", "secret")
    await slack.post("ben", "help", "reply", thread=root.ts)
    await slack.delete("ana", "help", root.ts)
    found = await client.conversations_replies(channel=root.channel, ts=root.ts)
    assert found["messages"][0]["subtype"] == "tombstone"
    assert "secret" not in str(found.data)


async def test_ephemeral_is_in_no_history(slack: Sandbox, client: AsyncWebClient) -> None:
    channel = slack.workspace.channel("help").id
    await client.chat_postEphemeral(channel=channel, user="U0AANA000", text="psst")
    assert [one.text for one in slack.ephemerals("ana")] == ["psst"]
    assert not slack.ephemerals("ben")
    assert not (await client.conversations_history(channel=channel))["messages"]


async def test_ephemeral_needs_someone_in_the_channel(client: AsyncWebClient) -> None:
    error = await error_of(
        client, "chat.postEphemeral", channel="triage", user="U0AANA000", text="x"
    )
    assert error == "user_not_in_channel"


async def test_reaction_counts_once(slack: Sandbox, client: AsyncWebClient) -> None:
    posted = await slack.post("ana", "help", "hello")
    item = {"channel": posted.channel, "timestamp": posted.ts}
    await client.reactions_add(name="eyes", **item)
    assert await error_of(client, "reactions.add", name="eyes", **item) == "already_reacted"
    await client.reactions_remove(name="eyes", **item)
    assert await error_of(client, "reactions.remove", name="eyes", **item) == "no_reaction"


async def test_people_are_told_apart(client: AsyncWebClient) -> None:
    guest = (await client.users_info(user="U0AGUS000"))["user"]
    outsider = (await client.users_info(user="U0AZOE000"))["user"]
    assert guest["is_restricted"]
    assert not guest["is_stranger"]
    assert outsider["is_stranger"]
    staff = await client.usergroups_users_list(usergroup="S0ASTAFF0")
    assert staff["users"] == ["U0ASAM000", "U0AKIM000"]


async def test_long_answer_goes_as_a_file(slack: Sandbox, client: AsyncWebClient) -> None:
    root = await slack.post("ana", "help", "explain everything")
    await client.files_upload_v2(
        channel=root.channel, thread_ts=root.ts, filename="answer.md", content="x" * 60_000
    )
    [shared] = slack.answers("help", thread=root.ts)
    url = shared.files[0]["url_private"]
    async with aiohttp.ClientSession() as session:
        bearer = {"Authorization": f"Bearer {slack.bot_token}"}
        with_token = await (await session.get(url, headers=bearer)).text()
        without = await session.get(url)
        assert without.content_type == "text/html"
    assert len(with_token) == 60_000


async def test_typed_text_is_escaped_and_names_are_linked(slack: Sandbox) -> None:
    posted = await slack.post("ana", "help", "@sam see <b> & #help, @nobody")
    channel = posted.channel
    assert posted.text == f"<@U0ASAM000> see &lt;b&gt; &amp; <#{channel}|help>, @nobody"


@pytest.mark.parametrize(
    ("args", "unfurls"),
    [
        ({}, True),
        ({"unfurl_links": False}, True),
        ({"unfurl_links": False, "unfurl_media": False}, False),
    ],
)
async def test_link_would_be_fetched_unless_both_kinds_are_off(
    slack: Sandbox, client: AsyncWebClient, args: dict[str, bool], unfurls: bool
) -> None:
    await client.chat_postMessage(channel="help", text="<https://a.example/x>", **args)
    assert slack.answers("help")[0].unfurls is unfurls
