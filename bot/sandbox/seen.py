"""What the page shows: everything one person sees of a channel, a thread and the app."""

from __future__ import annotations

from bot.sandbox.api_conversations import as_listed
from bot.sandbox.core import Core
from bot.sandbox.records import Channel, Json, Message, User
from bot.sandbox.state import Workspace

SHOWN_MESSAGES = 300
SHOWN_DELIVERIES = 60


def seen_by(core: Core, workspace: Workspace, user: User, channel: Channel, thread: str) -> Json:
    """Return the page's whole state for one person, one channel and one open thread."""
    stack = workspace.modals.get(user.id, [])
    home = workspace.homes.get(user.id)
    direct = workspace.direct_message(user.id)
    return {
        "version": core.feed.version,
        "connected": core.is_connected,
        "team": {"id": workspace.team_id, "name": workspace.name},
        "teams": [{"id": w.team_id, "name": w.name} for w in core.workspaces.values()],
        "app": _app(core, workspace),
        "me": user.id,
        "users": {one.id: _person(one) for one in workspace.users.values()},
        "channels": [_listed(one) for one in _channels_of(workspace, user)],
        "dm": direct.id,
        "channel": channel.id,
        "messages": _roots(workspace, channel, user)[-SHOWN_MESSAGES:],
        "thread": _thread(workspace, channel, user, thread),
        "statuses": _statuses(workspace, channel),
        "sessions": _sessions(workspace, channel),
        "prompts": _prompts(workspace, channel, thread),
        "modal": workspace.views[stack[-1]].to_json() if stack else None,
        "modal_depth": len(stack),
        "home": home.to_json() if home else None,
    }


def _app(core: Core, workspace: Workspace) -> Json:
    return {
        "user": workspace.bot.id,
        "name": core.app.name,
        "description": core.app.description,
        "commands": core.app.commands,
        "shortcuts": core.app.shortcuts,
    }


def _person(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "title": user.title,
        "color": user.color,
        "is_bot": user.bot_id is not None,
        "is_guest": user.is_restricted,
        "is_outside": user.is_stranger,
    }


def _channels_of(workspace: Workspace, user: User) -> list[Channel]:
    return [
        one for one in workspace.channels.values() if user.id in one.members and one.kind != "im"
    ]


def _listed(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "topic": channel.topic,
        "members": channel.members,
        "shared": channel.is_ext_shared,
    }


def _shown(workspace: Workspace, message: Message) -> Json:
    return as_listed(workspace, message) | {
        "live": message.is_live,
        "ephemeral": message.only_for is not None,
    }


def _hidden(workspace: Workspace, channel: Channel, user: User, root: str | None) -> list[Message]:
    return [
        one
        for one in workspace.ephemerals.values()
        if one.channel == channel.id and one.only_for == user.id and one.thread_ts == root
    ]


def _roots(workspace: Workspace, channel: Channel, user: User) -> list[Json]:
    roots = [
        one
        for one in workspace.history(channel.id)
        if one.thread_ts is None or one.subtype == "thread_broadcast"
    ]
    everything = [*roots, *_hidden(workspace, channel, user, None)]
    return [_shown(workspace, one) for one in sorted(everything, key=lambda one: float(one.ts))]


def _thread(workspace: Workspace, channel: Channel, user: User, root: str) -> list[Json]:
    if not root:
        return []
    everything = [
        *workspace.thread(channel.id, root),
        *_hidden(workspace, channel, user, root),
    ]
    return [_shown(workspace, one) for one in sorted(everything, key=lambda one: float(one.ts))]


def _statuses(workspace: Workspace, channel: Channel) -> Json:
    found = {}
    for channel_id, root in list(workspace.statuses):
        status = workspace.thread_status(channel_id, root)
        if status and channel_id == channel.id:
            found[root] = {"text": status.text, "loading": status.loading_messages}
    return found


def _sessions(workspace: Workspace, channel: Channel) -> Json:
    return {
        root: {"status": session.status, "title": session.title}
        for (channel_id, root), session in workspace.sessions.items()
        if channel_id == channel.id
    }


def _prompts(workspace: Workspace, channel: Channel, thread: str) -> Json | None:
    found = workspace.prompts.get((channel.id, thread))
    return {"title": found.title, "prompts": found.prompts} if found else None


def recent_deliveries(core: Core) -> list[Json]:
    """Return the newest deliveries, the last one first, without their bodies."""
    shown = []
    for delivery in list(core.deliveries.log)[-SHOWN_DELIVERIES:][::-1]:
        facts = delivery.to_json()
        del facts["body"], facts["response"]
        shown.append(facts)
    return shown
