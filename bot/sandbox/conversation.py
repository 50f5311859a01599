"""What happens in a conversation, whoever does it: post, edit, delete, react, join.

Every change goes through here, so that the app hears of all of them, its own included.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from bot.sandbox import events
from bot.sandbox.errors import SlackError
from bot.sandbox.records import Channel, Json, Message, User
from bot.sandbox.state import Workspace

Announce = Callable[[Workspace, Json], None]


class Conversations:
    """Changes a workspace and announces each change as Slack's events do."""

    def __init__(self, announce: Announce) -> None:
        self._announce = announce

    def draft(self, workspace: Workspace, channel: Channel, author: User) -> Message:
        """Return an unposted message of `author` with its timestamp and bot marks set."""
        message = Message(
            ts=workspace.now_ts(), channel=channel.id, user=author.id, team=author.team_id
        )
        if author.bot_id:
            message.bot_id = author.bot_id
            message.app_id = author.app_id
            message.bot_name = author.real_name
        else:
            message.client_msg_id = str(uuid4())
        return message

    def post(self, workspace: Workspace, channel: Channel, message: Message) -> Message:
        """Store a new message; a reply by the bot also clears the thread's status line."""
        if message.thread_ts == message.ts:
            message.thread_ts = None
        workspace.keep(message)
        if message.user == workspace.bot.id:
            workspace.statuses.pop((channel.id, message.thread_ts or message.ts), None)
        self._hear(workspace, channel, message)
        return message

    def _hear(self, workspace: Workspace, channel: Channel, message: Message) -> None:
        if workspace.bot.id not in channel.members:
            return
        event = events.posted(workspace, channel, message)
        self._announce(workspace, event)
        addressed = events.mentions(message.text, workspace.bot.id)
        if addressed and channel.kind != "im" and message.user != workspace.bot.id:
            self._announce(workspace, events.mention(event))

    def change(
        self, workspace: Workspace, message: Message, *, by: str, announce_from: Json | None = None
    ) -> None:
        """Announce that `message` was edited; `announce_from` is how it looked before."""
        channel = workspace.channels[message.channel]
        message.edited = {"user": by, "ts": workspace.now_ts()}
        self.announce_change(workspace, channel, message, announce_from)

    def announce_change(
        self, workspace: Workspace, channel: Channel, message: Message, previous: Json | None
    ) -> None:
        """Tell of a changed message without marking it as edited (streams end this way)."""
        workspace.feed.changed()
        if workspace.bot.id not in channel.members:
            return
        current = message.to_json(with_metadata=True)
        event = events.changed(channel, workspace.now_ts(), current, previous or current)
        self._announce(workspace, event)

    def delete(self, workspace: Workspace, message: Message) -> None:
        """Remove a message; a root that has replies leaves a tombstone, as in Slack."""
        channel = workspace.channels[message.channel]
        previous = message.to_json()
        if len(workspace.thread(channel.id, message.ts)) > 1:
            message.tombstone = True
            message.text, message.blocks = "This message was deleted.", []
            message.subtype = "tombstone"
        else:
            workspace.forget(message)
        workspace.feed.changed()
        if workspace.bot.id in channel.members:
            self._announce(workspace, events.deleted(channel, workspace.now_ts(), previous))

    def react(self, workspace: Workspace, message: Message, user_id: str, name: str) -> None:
        """Add an emoji, once per person and name."""
        entry = next((one for one in message.reactions if one["name"] == name), None)
        if entry is None:
            entry = {"name": name, "users": [], "count": 0}
            message.reactions.append(entry)
        if user_id in entry["users"]:
            raise SlackError("already_reacted")
        entry["users"].append(user_id)
        entry["count"] += 1
        self._tell_reaction(workspace, "reaction_added", message, user_id, name)

    def unreact(self, workspace: Workspace, message: Message, user_id: str, name: str) -> None:
        """Take an emoji back."""
        entry = next((one for one in message.reactions if one["name"] == name), None)
        if entry is None or user_id not in entry["users"]:
            raise SlackError("no_reaction")
        entry["users"].remove(user_id)
        entry["count"] -= 1
        if not entry["users"]:
            message.reactions.remove(entry)
        self._tell_reaction(workspace, "reaction_removed", message, user_id, name)

    def _tell_reaction(
        self, workspace: Workspace, kind: str, message: Message, user_id: str, name: str
    ) -> None:
        workspace.feed.changed()
        if workspace.bot.id in workspace.channels[message.channel].members:
            ts = workspace.now_ts()
            self._announce(workspace, events.reaction(kind, message, user_id, name, ts))

    def join(self, workspace: Workspace, channel: Channel, user: User) -> None:
        """Add someone to a channel; nothing happens when they are in it already."""
        if user.id in channel.members:
            return
        channel.members.append(user.id)
        workspace.feed.changed()
        if workspace.bot.id in channel.members:
            ts = workspace.now_ts()
            self._announce(workspace, events.joined(user.id, channel, workspace.team_id, ts))
