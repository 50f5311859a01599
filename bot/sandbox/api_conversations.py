"""conversations.*: reading channels and threads, and opening direct messages."""

from __future__ import annotations

from typing import Any

from bot.sandbox.arguments import Arguments
from bot.sandbox.core import Core
from bot.sandbox.errors import SlackError, required
from bot.sandbox.records import Channel, Json, Message
from bot.sandbox.state import Workspace

DEFAULT_PAGE = 100
MAX_PAGE = 1_000
KIND_NAMES = {"channel": "public_channel", "group": "private_channel", "im": "im"}


def page_of(
    items: list[Any], args: Arguments, default: int = DEFAULT_PAGE
) -> tuple[list[Any], str]:
    """Return one page and the cursor of the next, empty at the end."""
    start = 0
    if args.text("cursor"):
        number = args.text("cursor").removeprefix("at-")
        if not number.isdigit():
            raise SlackError("invalid_cursor")
        start = int(number)
    limit = args.number("limit", default)
    if not 0 < limit <= MAX_PAGE:
        raise SlackError("invalid_limit")
    end = start + limit
    return items[start:end], f"at-{end}" if end < len(items) else ""


def as_listed(workspace: Workspace, message: Message, args: Arguments | None = None) -> Json:
    """Return a message as history shows it: a root also tells of its replies."""
    with_metadata = args is not None and args.flag("include_all_metadata")
    shown = message.to_json(with_metadata=with_metadata)
    if message.thread_ts:
        return shown
    replies = workspace.thread(message.channel, message.ts)[1:]
    if not replies:
        return shown
    people = list(dict.fromkeys(reply.user for reply in replies))
    return shown | {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "reply_users": people,
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": workspace.bot.id in people,
    }


def _within(messages: list[Message], args: Arguments) -> list[Message]:
    oldest, latest = args.text("oldest", "0"), args.text("latest") or "9999999999.999999"
    inclusive = args.flag("inclusive")
    try:
        low, high = float(oldest), float(latest)
    except ValueError as error:
        raise SlackError("invalid_ts_oldest") from error
    return [
        message
        for message in messages
        if low < float(message.ts) < high or (inclusive and float(message.ts) in (low, high))
    ]


def _readable(workspace: Workspace, wanted: str) -> Channel:
    channel = workspace.channel_for_bot(wanted)
    if workspace.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


async def replies(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `conversations.replies`: the root first, then its replies, oldest first."""
    del core
    channel = _readable(workspace, args.need("channel"))
    wanted = workspace.messages.get(channel.id, {}).get(args.need("ts"))
    if wanted is None:
        raise SlackError("thread_not_found")
    thread = [wanted] if wanted.thread_ts else workspace.thread(channel.id, wanted.ts)
    chosen, cursor = page_of(_within(thread[1:], args), args, MAX_PAGE)
    return {
        "ok": True,
        "messages": [as_listed(workspace, one, args) for one in [thread[0], *chosen]],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


async def history(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `conversations.history`: newest first, replies left out unless broadcast."""
    del core
    channel = _readable(workspace, args.need("channel"))
    shown = [
        message
        for message in workspace.history(channel.id)
        if message.thread_ts is None or message.subtype == "thread_broadcast"
    ]
    chosen, cursor = page_of(_within(shown, args)[::-1], args)
    return {
        "ok": True,
        "messages": [as_listed(workspace, message, args) for message in chosen],
        "has_more": bool(cursor),
        "pin_count": 0,
        "response_metadata": {"next_cursor": cursor},
    }


async def info(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `conversations.info`."""
    del core
    channel = workspace.channel_for_bot(args.need("channel"))
    return {"ok": True, "channel": channel.to_json(workspace.bot.id)}


async def members(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `conversations.members`."""
    del core
    channel = workspace.channel_for_bot(args.need("channel"))
    chosen, cursor = page_of(channel.members, args)
    return {"ok": True, "members": chosen, "response_metadata": {"next_cursor": cursor}}


async def open_direct(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `conversations.open` for one person's direct message."""
    del core
    if args.text("channel"):
        channel = workspace.channel_for_bot(args.text("channel"))
    elif args.text("users"):
        people = args.text("users").split(",")
        if len(people) > 1:
            raise SlackError("not_enough_users")
        channel = workspace.direct_message(workspace.user(people[0]).id)
    else:
        raise required("users")
    shown: Json = {"id": channel.id}
    if args.flag("return_im"):
        shown = channel.to_json(workspace.bot.id)
    return {"ok": True, "channel": shown}


async def list_all(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `conversations.list`: public ones, and others the bot is in."""
    del core
    kinds = args.text("types", "public_channel").split(",")
    seen = [
        channel.to_json(workspace.bot.id)
        for channel in workspace.channels.values()
        if KIND_NAMES[channel.kind] in kinds
        and (channel.kind == "channel" or workspace.bot.id in channel.members)
    ]
    chosen, cursor = page_of(seen, args)
    return {"ok": True, "channels": chosen, "response_metadata": {"next_cursor": cursor}}


async def join(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `conversations.join`; only public channels can be joined."""
    channel = workspace.channel_for_bot(args.need("channel"))
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    core.conversations.join(workspace, channel, workspace.bot)
    return {"ok": True, "channel": channel.to_json(workspace.bot.id)}
