"""files.*: the two-step upload, and what a file looks like afterwards."""

from __future__ import annotations

from typing import Any

from bot.sandbox.api_chat import check_root, open_channel
from bot.sandbox.arguments import Arguments
from bot.sandbox.bounds import trim
from bot.sandbox.core import Core
from bot.sandbox.errors import SlackError
from bot.sandbox.records import Json
from bot.sandbox.state import Workspace
from bot.sandbox.typed_text import rich_text

MAX_FILES = 200


def keep_file(core: Core, workspace: Workspace, name: str, content: bytes, user_id: str) -> Json:
    """Store a file and return its file object."""
    file_id = workspace.new_id("F")
    link = f"{core.base_url}/files/{workspace.team_id}/{file_id}"
    shown: Json = {
        "id": file_id,
        "created": int(workspace.clock()),
        "name": name,
        "title": name,
        "mimetype": "text/plain",
        "filetype": name.rpartition(".")[2] or "text",
        "user": user_id,
        "size": len(content),
        "mode": "hosted",
        "is_external": False,
        "url_private": link,
        "url_private_download": f"{link}?download=1",
        "permalink": link,
    }
    workspace.files[file_id] = (shown, content)
    trim(workspace.files, MAX_FILES)
    return shown


async def get_upload_url(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `files.getUploadURLExternal`."""
    name = args.need("filename")
    if args.number("length", 0) <= 0:
        raise SlackError("invalid_arguments")
    shown = keep_file(core, workspace, name, b"", workspace.bot.id)
    url = f"{core.base_url}/upload/{workspace.team_id}/{shown['id']}"
    return {"ok": True, "upload_url": url, "file_id": shown["id"]}


async def complete_upload(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `files.completeUploadExternal`: share the uploaded files in a channel."""
    files = [_uploaded(workspace, wanted) for wanted in args.items("files")]
    if not files:
        raise SlackError("invalid_arguments")
    if args.text("channel_id"):
        channel = open_channel(workspace, args.text("channel_id"))
        message = core.conversations.draft(workspace, channel, workspace.bot)
        message.subtype, message.files = "file_share", files
        message.text = args.text("initial_comment")
        message.blocks = [rich_text(message.text)] if message.text else []
        message.thread_ts = check_root(workspace, channel, args.optional("thread_ts"))
        core.conversations.post(workspace, channel, message)
    return {"ok": True, "files": files}


def _uploaded(workspace: Workspace, wanted: Any) -> Json:
    shown, content = workspace.files.get(str(wanted.get("id")), ({}, b""))
    if not content:
        raise SlackError("file_not_found")
    shown["title"] = wanted.get("title") or shown["name"]
    return shown


async def info(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `files.info`."""
    del core
    found = workspace.files.get(args.need("file"))
    if found is None:
        raise SlackError("file_not_found")
    return {"ok": True, "file": found[0]}
