"""chat.startStream, chat.appendStream, chat.stopStream: a message that grows in sight."""

from __future__ import annotations

from typing import Any

from bot.sandbox.api_assistant import set_session
from bot.sandbox.api_chat import check_root, open_channel, own_message, read_metadata
from bot.sandbox.arguments import Arguments
from bot.sandbox.block_rules import MAX_MARKDOWN, check_blocks
from bot.sandbox.core import Core
from bot.sandbox.errors import SlackError, required
from bot.sandbox.records import Json, Message, Stream
from bot.sandbox.state import Workspace

STREAM_SECONDS = 300.0
TASK_STATES = {"pending", "in_progress", "complete", "error"}


async def start(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `chat.startStream`."""
    channel = open_channel(workspace, args.need("channel"))
    root = check_root(workspace, channel, args.need("thread_ts"))
    if channel.kind != "im":
        for name in ("recipient_team_id", "recipient_user_id"):
            if not args.text(name):
                raise SlackError(f"missing_{name}")
    message = core.conversations.draft(workspace, channel, workspace.bot)
    message.thread_ts = root
    mode = args.text("task_display_mode", "timeline")
    message.stream = Stream(started=workspace.clock(), mode=mode)
    _add(message.stream, args)
    _render(message, message.stream)
    core.conversations.post(workspace, channel, message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


async def append(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `chat.appendStream`."""
    message, stream = _live(core, workspace, args)
    if "markdown_text" not in args and not args.items("chunks", "invalid_chunks"):
        raise required("markdown_text")
    _add(stream, args)
    _render(message, stream)
    workspace.feed.changed()
    return {"ok": True, "channel": message.channel, "ts": message.ts}


async def stop(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `chat.stopStream`: the final blocks stand below what was streamed."""
    message, stream = _live(core, workspace, args)
    final = check_blocks(args.items("blocks", "invalid_blocks_format"))
    metadata = read_metadata(args)
    previous = message.to_json()
    _add(stream, args)
    _render(message, stream)
    message.blocks += final
    message.metadata = metadata or message.metadata
    message.stream = None
    channel = workspace.channels[message.channel]
    if args.text("session_status"):
        set_session(workspace, channel.id, message.thread_ts or message.ts, args, "session_status")
    core.conversations.announce_change(workspace, channel, message, previous)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "message": message.to_json(with_metadata=True),
    }


def expire(core: Core, workspace: Workspace, message: Message) -> None:
    """End a stream as Slack does after some minutes: what was shown stays, no more can come."""
    message.stream = None
    channel = workspace.channels[message.channel]
    core.conversations.announce_change(workspace, channel, message, None)


def _live(core: Core, workspace: Workspace, args: Arguments) -> tuple[Message, Stream]:
    channel = workspace.channel_for_bot(args.need("channel"))
    message = own_message(workspace, channel, args.need("ts"), "message_not_owned_by_app")
    if message.stream and workspace.clock() - message.stream.started > STREAM_SECONDS:
        expire(core, workspace, message)
    if message.stream is None:
        raise SlackError("message_not_in_streaming_state")
    if message.stream.stopped_by:
        raise SlackError("stopped_by_user")
    return message, message.stream


def _add(stream: Stream, args: Arguments) -> None:
    chunks = args.items("chunks", "invalid_chunks")
    text = args.text("markdown_text")
    if len(text) > MAX_MARKDOWN:
        raise SlackError("msg_too_long")
    for chunk in chunks:
        _check_chunk(chunk)
    stream.text += text
    for chunk in chunks:
        _add_chunk(stream, chunk)


def _check_chunk(chunk: Any) -> None:
    kind = chunk.get("type") if isinstance(chunk, dict) else None
    needed = {
        "markdown_text": ("text",),
        "task_update": ("id", "title", "status"),
        "plan_update": ("title",),
        "blocks": ("blocks",),
    }.get(str(kind))
    if needed is None or any(name not in chunk for name in needed):
        raise SlackError("invalid_chunks")
    if kind == "task_update" and chunk["status"] not in TASK_STATES:
        raise SlackError("invalid_chunks")
    if kind == "markdown_text" and len(chunk["text"]) > MAX_MARKDOWN:
        raise SlackError("msg_too_long")


def _add_chunk(stream: Stream, chunk: Json) -> None:
    if chunk["type"] == "markdown_text":
        stream.text += chunk["text"]
    elif chunk["type"] == "plan_update":
        stream.plan_title = chunk["title"]
    elif chunk["type"] == "blocks":
        stream.blocks += check_blocks(chunk["blocks"])
    else:
        known = stream.tasks.get(chunk["id"], {})
        stream.tasks[chunk["id"]] = known | _task_card(chunk, known)


def _task_card(chunk: Json, known: Json) -> Json:
    card: Json = {
        "type": "task_card",
        "task_id": chunk["id"],
        "block_id": f"task-{chunk['id']}",
        "title": chunk["title"],
        "status": chunk["status"],
    }
    for name in ("details", "output"):
        if chunk.get(name):
            card[name] = _grown(known.get(name), str(chunk[name]))
    if chunk.get("sources"):
        card["sources"] = chunk["sources"]
    return card


def _grown(known: Json | None, text: str) -> Json:
    before = known["elements"][0]["elements"] if known else []
    section = {"type": "rich_text_section", "elements": [*before, {"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def _render(message: Message, stream: Stream) -> None:
    cards = list(stream.tasks.values())
    blocks: list[Json] = cards
    if cards and (stream.mode == "plan" or stream.plan_title):
        title = stream.plan_title or "Working on it"
        blocks = [{"type": "plan", "block_id": "plan", "title": title, "tasks": cards}]
    if stream.text:
        blocks = [*blocks, {"type": "markdown", "block_id": "markdown", "text": stream.text}]
    message.text = stream.text
    message.blocks = [*blocks, *stream.blocks]
