"""What people do with messages: write, edit, delete, react, join, look at the App Home.

Names and ids are both fine wherever a person or a channel is asked for.
"""

from __future__ import annotations

from bot.sandbox import events
from bot.sandbox.api_files import keep_file
from bot.sandbox.core import Core
from bot.sandbox.errors import SlackError
from bot.sandbox.records import Channel, Json, Message, User
from bot.sandbox.state import Workspace
from bot.sandbox.typed_text import encode_typed, rich_text


class MessageActs:
    """The people's side of a conversation."""

    core: Core

    def where(self, channel: str, user: User, team: str | None = None) -> Channel:
        """Return a channel; `dm` is the person's direct message with the bot."""
        workspace = self.core.workspace(team)
        if channel == "dm":
            return workspace.direct_message(user.id)
        return workspace.channel(channel)

    async def post(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread: str | None = None,
        files: dict[str, str] | None = None,
        raw: bool = False,
        subtype: str | None = None,
        team: str | None = None,
    ) -> Message:
        """Post as someone. `@name`, `#channel` and links become live unless `raw` is set."""
        workspace = self.core.workspace(team)
        author = workspace.user(user)
        place = self.where(channel, author, team)
        if author.id not in place.members:
            raise SlackError("not_in_channel")
        message = self.core.conversations.draft(workspace, place, author)
        self._write(workspace, message, text, raw=raw)
        message.thread_ts = self._root(workspace, place, thread)
        message.subtype = subtype
        for name, content in (files or {}).items():
            shown = keep_file(self.core, workspace, name, content.encode(), author.id)
            message.files.append(shown)
            message.subtype = "file_share"
        return self.core.conversations.post(workspace, place, message)

    def _write(self, workspace: Workspace, message: Message, text: str, *, raw: bool) -> None:
        message.text = text if raw else encode_typed(workspace, text)
        message.blocks = [rich_text(message.text)]

    def _root(self, workspace: Workspace, place: Channel, thread: str | None) -> str | None:
        if thread is None:
            return None
        found = workspace.message(place.id, thread)
        return found.thread_ts or found.ts

    def _own(self, user: str, channel: str, ts: str, team: str | None) -> tuple[Workspace, Message]:
        workspace = self.core.workspace(team)
        author = workspace.user(user)
        message = workspace.message(self.where(channel, author, team).id, ts)
        if message.user != author.id:
            raise SlackError("cant_update_message")
        return workspace, message

    async def edit(
        self, user: str, channel: str, ts: str, text: str, *, team: str | None = None
    ) -> Message:
        """Edit one's own message."""
        workspace, message = self._own(user, channel, ts, team)
        previous = message.to_json()
        self._write(workspace, message, text, raw=False)
        self.core.conversations.change(workspace, message, by=message.user, announce_from=previous)
        return message

    async def delete(self, user: str, channel: str, ts: str, *, team: str | None = None) -> None:
        """Delete one's own message."""
        workspace, message = self._own(user, channel, ts, team)
        self.core.conversations.delete(workspace, message)

    async def unfurl(self, channel: str, ts: str, url: str, *, team: str | None = None) -> None:
        """Attach a link preview, which the app hears of as `message_changed`."""
        workspace = self.core.workspace(team)
        message = workspace.message(workspace.channel(channel).id, ts)
        previous = message.to_json()
        message.attachments.append({"from_url": url, "is_msg_unfurl": True, "text": "A preview"})
        place = workspace.channels[message.channel]
        self.core.conversations.announce_change(workspace, place, message, previous)

    async def react(
        self, user: str, channel: str, ts: str, name: str, *, team: str | None = None
    ) -> None:
        """Add an emoji, or take it back when it's there already."""
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        message = workspace.message(self.where(channel, person, team).id, ts)
        try:
            self.core.conversations.react(workspace, message, person.id, name)
        except SlackError:
            self.core.conversations.unreact(workspace, message, person.id, name)

    async def join(self, user: str, channel: str, *, team: str | None = None) -> None:
        """Add someone, the bot included, to a channel."""
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        self.core.conversations.join(workspace, self.where(channel, person, team), person)

    async def leave(self, user: str, channel: str, *, team: str | None = None) -> None:
        """Take someone, the bot included, out of a channel."""
        workspace = self.core.workspace(team)
        place = workspace.channel(channel)
        place.members.remove(workspace.user(user).id)
        self.core.feed.changed()

    async def open_home(self, user: str, tab: str = "home", *, team: str | None = None) -> None:
        """Open the app's Home or Messages tab."""
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        channel = workspace.direct_message(person.id)
        home = workspace.homes.get(person.id)
        view = home.to_json() if home and tab == "home" else None
        event = events.home_opened(person.id, channel, tab, view, workspace.now_ts())
        self.core.announce(workspace, event)

    async def look_at(self, user: str, entities: list[Json], *, team: str | None = None) -> None:
        """Change what someone has in view beside the app (`app_context_changed`)."""
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        channel = workspace.direct_message(person.id)
        ts = workspace.now_ts()
        self.core.announce(workspace, events.context_changed(person.id, channel, entities, ts))

    async def stop(
        self, user: str, channel: str, thread: str, *, team: str | None = None
    ) -> list[str]:
        """Press the stop button of a session; return the streams that ended by it."""
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        place = self.where(channel, person, team)
        stopped = [
            message for message in workspace.thread(place.id, thread) if message.stream is not None
        ]
        for message in stopped:
            if message.stream:
                message.stream.stopped_by = person.id
        event = events.session_stopped(place.id, thread, person.id, [one.ts for one in stopped])
        self.core.announce(workspace, event | {"event_ts": workspace.now_ts()})
        workspace.feed.changed()
        return [message.ts for message in stopped]

    async def rename_session(
        self, user: str, channel: str, thread: str, title: str, *, team: str | None = None
    ) -> None:
        """Change a session's title by hand."""
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        place = self.where(channel, person, team)
        session = workspace.sessions.get((place.id, thread))
        if session is None:
            raise SlackError("session_not_found")
        titles = (session.title, title)
        session.title = title
        event = events.session_renamed(workspace, place.id, thread, person.id, titles)
        self.core.announce(workspace, event)

    async def uninstall(self, *, team: str | None = None) -> None:
        """Remove the app from a workspace: its tokens die and it's told so."""
        workspace = self.core.workspace(team)
        self.core.tokens.revoke_all(workspace)
        bots = [workspace.bot.id]
        revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": bots}}
        for event in (revoked, {"type": "app_uninstalled"}):
            self.core.announce(workspace, event | {"event_ts": workspace.now_ts()})
