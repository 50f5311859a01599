"""auth.*, users.*, usergroups.*, bots.*, team.*, apps.connections.open and reactions.*."""

from __future__ import annotations

import re

from bot.sandbox.api_conversations import page_of
from bot.sandbox.arguments import Arguments
from bot.sandbox.core import Core
from bot.sandbox.errors import SlackError
from bot.sandbox.records import Json, Message
from bot.sandbox.state import Workspace

_EMOJI = re.compile(r"[\w+'-]+(::skin-tone-[2-6])?")


async def auth_test(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `auth.test`."""
    del args
    return {
        "ok": True,
        "url": f"{core.base_url}/",
        "team": workspace.name,
        "user": workspace.bot.name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot.bot_id,
        "is_enterprise_install": False,
    }


async def auth_revoke(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `auth.revoke`, unless it's only a test."""
    if not args.flag("test"):
        core.tokens.revoke_all(workspace)
    return {"ok": True, "revoked": not args.flag("test")}


async def users_info(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `users.info`."""
    del core
    return {"ok": True, "user": workspace.user(args.need("user")).to_json()}


async def users_list(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `users.list`."""
    del core
    everyone = [user.to_json() for user in workspace.users.values()]
    chosen, cursor = page_of(everyone, args)
    return {"ok": True, "members": chosen, "response_metadata": {"next_cursor": cursor}}


async def usergroup_users(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `usergroups.users.list`."""
    del core
    group = workspace.user_groups.get(args.need("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"ok": True, "users": group}


async def bots_info(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `bots.info`."""
    del core
    wanted = args.text("bot", workspace.bot.bot_id or "")
    bot = next((user for user in workspace.users.values() if user.bot_id == wanted), None)
    if bot is None:
        raise SlackError("bot_not_found")
    shown = {
        "id": bot.bot_id,
        "name": bot.real_name,
        "app_id": bot.app_id,
        "user_id": bot.id,
        "deleted": False,
    }
    return {"ok": True, "bot": shown}


async def team_info(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `team.info`."""
    del core, args
    team = {"id": workspace.team_id, "name": workspace.name, "domain": workspace.domain}
    return {"ok": True, "team": team}


def _item(workspace: Workspace, args: Arguments) -> Message:
    if not (args.text("channel") and args.text("timestamp")):
        raise SlackError("no_item_specified")
    channel = workspace.channel_for_bot(args.text("channel"))
    return workspace.message(channel.id, args.text("timestamp"))


def _emoji(args: Arguments) -> str:
    name = args.need("name").strip(":")
    if not _EMOJI.fullmatch(name):
        raise SlackError("invalid_name")
    return name


async def reactions_add(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `reactions.add`."""
    core.conversations.react(workspace, _item(workspace, args), workspace.bot.id, _emoji(args))
    return {"ok": True}


async def reactions_remove(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `reactions.remove`."""
    core.conversations.unreact(workspace, _item(workspace, args), workspace.bot.id, _emoji(args))
    return {"ok": True}


async def reactions_get(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `reactions.get`."""
    del core
    message = _item(workspace, args)
    return {
        "ok": True,
        "type": "message",
        "channel": message.channel,
        "message": message.to_json(),
    }
