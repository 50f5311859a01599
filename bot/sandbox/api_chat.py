"""chat.postMessage, chat.update, chat.delete, chat.postEphemeral, chat.getPermalink."""

from __future__ import annotations

import json

from bot.sandbox.arguments import Arguments
from bot.sandbox.block_rules import MAX_MARKDOWN, check_message_blocks
from bot.sandbox.bounds import trim
from bot.sandbox.core import Core
from bot.sandbox.errors import SlackError
from bot.sandbox.records import Channel, Json, Message
from bot.sandbox.state import Workspace
from bot.sandbox.typed_text import rich_text

MAX_TEXT = 40_000
MAX_UPDATE_TEXT = 4_000
MAX_ATTACHMENTS = 100
MAX_METADATA = 16_000


def open_channel(workspace: Workspace, wanted: str) -> Channel:
    """Return a channel the bot may write in, else say why it may not."""
    channel = workspace.channel_for_bot(wanted)
    if channel.is_archived:
        raise SlackError("is_archived")
    if workspace.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def check_root(workspace: Workspace, channel: Channel, thread_ts: str | None) -> str | None:
    """Return the thread's root: Slack files a reply to a reply under the same root."""
    if thread_ts is None:
        return None
    found = workspace.messages.get(channel.id, {}).get(thread_ts)
    if found is None:
        raise SlackError("thread_not_found")
    return found.thread_ts or found.ts


def fill_content(message: Message, args: Arguments) -> None:
    """Put text, blocks and attachments of a call into a message, within Slack's limits."""
    markdown = args.text("markdown_text")
    if markdown and ("text" in args or "blocks" in args):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > MAX_MARKDOWN:
        raise SlackError("msg_too_long")
    attachments = args.items("attachments", "invalid_attachments")
    if len(attachments) > MAX_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    blocks = check_message_blocks(args.items("blocks", "invalid_blocks_format"))
    if not (markdown or args.text("text") or blocks or attachments):
        raise SlackError("no_text")
    message.text = markdown or args.text("text")[:MAX_TEXT]
    message.attachments = attachments
    message.blocks = blocks or _blocks_for(message.text, is_markdown=bool(markdown))


def _blocks_for(text: str, *, is_markdown: bool) -> list[Json]:
    if is_markdown:
        return [{"type": "markdown", "text": text, "block_id": "markdown"}]
    return [rich_text(text)] if text else []


def read_metadata(args: Arguments) -> Json | None:
    """Return a message's metadata, checked."""
    metadata = args.structure("metadata", "invalid_metadata_format")
    if not metadata:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict) or not metadata.get("event_type"):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > MAX_METADATA:
        raise SlackError("metadata_too_large")
    return metadata


def would_unfurl(message: Message, args: Arguments) -> bool:
    """Say whether Slack would fetch a link: media unfold by default, pages when asked to."""
    wanted = args.flag("unfurl_media", default=True) or args.flag("unfurl_links")
    return wanted and "://" in json.dumps([message.text, message.blocks])


async def post_message(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `chat.postMessage`."""
    channel = open_channel(workspace, args.need("channel"))
    message = core.conversations.draft(workspace, channel, workspace.bot)
    fill_content(message, args)
    message.thread_ts = check_root(workspace, channel, args.optional("thread_ts"))
    message.metadata = read_metadata(args)
    message.unfurls = would_unfurl(message, args)
    if message.thread_ts and args.flag("reply_broadcast"):
        message.subtype = "thread_broadcast"
    core.conversations.post(workspace, channel, message)
    answer: Json = {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "message": message.to_json(with_metadata=True),
    }
    if len(args.text("text")) > MAX_TEXT:
        answer |= {"warning": "message_truncated"}
    return answer


def own_message(workspace: Workspace, channel: Channel, ts: str, error: str) -> Message:
    """Return a message of the bot, else say that it may not touch it."""
    message = workspace.message(channel.id, ts)
    if message.user != workspace.bot.id:
        raise SlackError(error)
    return message


async def update(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `chat.update`."""
    channel = workspace.channel_for_bot(args.need("channel"))
    message = own_message(workspace, channel, args.need("ts"), "cant_update_message")
    if message.is_live:
        raise SlackError("streaming_state_conflict")
    if len(args.text("text")) > MAX_UPDATE_TEXT:
        raise SlackError("msg_too_long")
    previous = message.to_json(with_metadata=True)
    fill_content(message, args)
    if "metadata" in args:
        message.metadata = read_metadata(args)
    core.conversations.change(workspace, message, by=workspace.bot.id, announce_from=previous)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.to_json(with_metadata=True),
    }


async def delete(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `chat.delete`."""
    channel = workspace.channel_for_bot(args.need("channel"))
    message = own_message(workspace, channel, args.need("ts"), "cant_delete_message")
    core.conversations.delete(workspace, message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


async def post_ephemeral(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `chat.postEphemeral`: shown to one person, kept in no history."""
    channel = open_channel(workspace, args.need("channel"))
    user = workspace.user(args.need("user"))
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    message = core.conversations.draft(workspace, channel, workspace.bot)
    fill_content(message, args)
    message.thread_ts = check_root(workspace, channel, args.optional("thread_ts"))
    message.only_for = user.id
    keep_ephemeral(workspace, message)
    return {"ok": True, "message_ts": message.ts}


MAX_EPHEMERALS = 500


def keep_ephemeral(workspace: Workspace, message: Message) -> None:
    """Show an ephemeral message until newer ones push it out."""
    workspace.ephemerals[message.ts] = message
    trim(workspace.ephemerals, MAX_EPHEMERALS)
    workspace.feed.changed()


async def get_permalink(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `chat.getPermalink`."""
    channel = workspace.channel_for_bot(args.need("channel"))
    message = workspace.message(channel.id, args.need("message_ts"))
    link = f"{core.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}
