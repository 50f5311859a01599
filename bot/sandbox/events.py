"""Event payloads, and which of them the app hears of.

The shapes are Slack's. The subscriptions carry the names of an app manifest; a message is heard
only where the bot is a member, and a mention is heard twice: as `message` and as `app_mention`.
"""

from __future__ import annotations

from bot.sandbox.records import Channel, Json, Message
from bot.sandbox.state import Workspace

DEFAULT_EVENTS = frozenset(
    {
        "agent_session_stopped",
        "agent_session_title_changed",
        "app_context_changed",
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "reaction_added",
        "reaction_removed",
        "tokens_revoked",
    }
)

_MESSAGE_KINDS = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


def subscription_of(event: Json) -> str:
    """Return the manifest's name for an event: `message.im` for a message in a DM."""
    if event["type"] == "message":
        return _MESSAGE_KINDS[event["channel_type"]]
    return str(event["type"])


def envelope(workspace: Workspace, event: Json, *, token: str, shared: bool = False) -> Json:
    """Wrap an event as Slack delivers it, with a fresh `event_id`."""
    return {
        "token": token,
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(workspace.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": workspace.new_id("4-"),
    }


def posted(workspace: Workspace, channel: Channel, message: Message) -> Json:
    """Return the `message` event of a new message."""
    event = message.to_json(with_metadata=True) | {
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": channel.kind,
    }
    author = workspace.users.get(message.user)
    if author and author.is_stranger:
        event |= {"user_team": author.team_id, "source_team": author.team_id}
    if message.thread_ts and message.thread_ts != message.ts:
        event["parent_user_id"] = _root_author(workspace, channel, message.thread_ts)
    return event


def _root_author(workspace: Workspace, channel: Channel, root_ts: str) -> str:
    root = workspace.messages.get(channel.id, {}).get(root_ts)
    return root.user if root else ""


def mention(event: Json) -> Json:
    """Return the `app_mention` that goes with a `message` event."""
    kept = {name: value for name, value in event.items() if name != "channel_type"}
    return kept | {"type": "app_mention"}


def mentions(text: str, user_id: str) -> bool:
    """Say whether a message addresses someone."""
    return f"<@{user_id}>" in text or f"<@{user_id}|" in text


def changed(channel: Channel, ts: str, message: Json, previous: Json) -> Json:
    """Return `message_changed`, which covers edits, stream ends and unfurls alike."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": message,
        "previous_message": previous,
        "channel": channel.id,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def deleted(channel: Channel, ts: str, previous: Json) -> Json:
    """Return `message_deleted`."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "deleted_ts": previous["ts"],
        "previous_message": previous,
        "channel": channel.id,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def reaction(kind: str, message: Message, user_id: str, name: str, ts: str) -> Json:
    """Return `reaction_added` or `reaction_removed`."""
    return {
        "type": kind,
        "user": user_id,
        "reaction": name,
        "item_user": message.user,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "event_ts": ts,
    }


def home_opened(user_id: str, channel: Channel, tab: str, view: Json | None, ts: str) -> Json:
    """Return `app_home_opened` for the Home or the Messages tab."""
    event: Json = {
        "type": "app_home_opened",
        "user": user_id,
        "channel": channel.id,
        "tab": tab,
        "event_ts": ts,
    }
    return event | {"view": view} if view else event


def context_changed(user_id: str, channel: Channel, entities: list[Json], ts: str) -> Json:
    """Return `app_context_changed`; its context is empty when nothing is in view."""
    return {
        "type": "app_context_changed",
        "user": user_id,
        "channel": channel.id,
        "context": {"entities": entities} if entities else {},
        "event_ts": ts,
    }


def joined(user_id: str, channel: Channel, team_id: str, ts: str) -> Json:
    """Return `member_joined_channel`."""
    return {
        "type": "member_joined_channel",
        "user": user_id,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "channel" else "G",
        "team": team_id,
        "event_ts": ts,
    }


def session_stopped(channel_id: str, thread_ts: str, user_id: str, streams: list[str]) -> Json:
    """Return `agent_session_stopped`; `streams` are those Slack has already stopped."""
    return {
        "type": "agent_session_stopped",
        "channel": channel_id,
        "thread_ts": thread_ts,
        "user": user_id,
        "streaming_message_ts": streams,
    }


def session_renamed(
    workspace: Workspace, channel_id: str, thread_ts: str, user_id: str, titles: tuple[str, str]
) -> Json:
    """Return `agent_session_title_changed`; `titles` are the previous and the new one."""
    previous, title = titles
    event: Json = {
        "type": "agent_session_title_changed",
        "channel": channel_id,
        "team_id": workspace.team_id,
        "thread_ts": thread_ts,
        "title": title,
        "user": user_id,
        "event_ts": workspace.now_ts(),
    }
    return event | {"previous_title": previous} if previous else event
