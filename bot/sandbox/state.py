"""One workspace in memory: who and what is in it, found by id or by name. Bounded."""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable

from bot.sandbox.errors import SlackError
from bot.sandbox.feed import Feed
from bot.sandbox.people import STAFF, make_channels, make_users
from bot.sandbox.records import (
    Channel,
    Message,
    Prompts,
    Session,
    ThreadStatus,
    User,
    View,
)

MAX_MESSAGES = 5_000
OPEN_TO_BOTS = "help"
THREAD_STATUS_SECONDS = 120.0

ThreadKey = tuple[str, str]


class Workspace:
    """Everything of one workspace. Methods look things up; `conversation.py` changes them."""

    def __init__(
        self,
        *,
        team_id: str,
        name: str,
        app_id: str,
        bot_name: str,
        feed: Feed,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.team_id = team_id
        self.name = name
        self.domain = name.lower().replace(" ", "-")
        self.app_id = app_id
        self.feed = feed
        self.clock = clock
        key = team_id[1:3]
        self.bot = User(
            id=f"U{key}BOT000",
            name=bot_name.lower().replace(" ", "-"),
            real_name=bot_name,
            team_id=team_id,
            bot_id=f"B{key}BOT000",
            app_id=app_id,
            color="2f6db5",
            title="App",
        )
        self.other_bot = User(
            id=f"U{key}DEPLOY",
            name="deploybot",
            real_name="Deploybot",
            team_id=team_id,
            bot_id=f"B{key}DEPLOY",
            app_id="A0DEPLOY0",
            color="555555",
            title="Another app",
        )
        people = [*make_users(team_id, key), self.other_bot, self.bot]
        self.users: dict[str, User] = {user.id: user for user in people}
        ids = {user.name: user.id for user in people}
        channels = make_channels(ids, self.bot.id, key)
        self.channels: dict[str, Channel] = {channel.id: channel for channel in channels}
        self.channel(OPEN_TO_BOTS).members.append(self.other_bot.id)
        self.user_groups: dict[str, list[str]] = {f"S{key}STAFF0": [ids[name] for name in STAFF]}
        self.messages: dict[str, dict[str, Message]] = {}
        self._replies: dict[ThreadKey, dict[str, Message]] = {}
        self.ephemerals: dict[str, Message] = {}
        self.views: dict[str, View] = {}
        self.modals: dict[str, list[str]] = {}
        self.homes: dict[str, View] = {}
        self.statuses: dict[ThreadKey, ThreadStatus] = {}
        self.sessions: dict[ThreadKey, Session] = {}
        self.prompts: dict[ThreadKey, Prompts] = {}
        self.files: dict[str, tuple[dict[str, object], bytes]] = {}
        self._last_ts = 0
        self._numbers = itertools.count(1)

    def now_ts(self) -> str:
        """Return a message timestamp that no message of this workspace has yet."""
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """Return a fresh id such as `V00000000C`, `F…` or `Ev…`."""
        return f"{prefix}{next(self._numbers):04d}{secrets.token_hex(3).upper()}"

    def user(self, wanted: str) -> User:
        """Return someone by id or name, else raise `user_not_found`."""
        found = self.users.get(wanted) or self._named(wanted.lstrip("@"))
        if found is None:
            raise SlackError("user_not_found")
        return found

    def _named(self, name: str) -> User | None:
        named = (user for user in self.users.values() if user.name == name.lower())
        return next(named, None)

    def channel(self, wanted: str) -> Channel:
        """Return a channel by id or name, or the bot's direct message with a person's id."""
        found = self.channels.get(wanted)
        if found is None and wanted in self.users:
            return self.direct_message(wanted)
        name = wanted.removeprefix("#")
        found = found or next((one for one in self.channels.values() if one.name == name), None)
        if found is None:
            raise SlackError("channel_not_found")
        return found

    def channel_for_bot(self, wanted: str) -> Channel:
        """Return a channel as the bot can see it: private ones only where it's a member."""
        channel = self.channel(wanted)
        if channel.kind != "channel" and self.bot.id not in channel.members:
            raise SlackError("channel_not_found")
        return channel

    def direct_message(self, user_id: str) -> Channel:
        """Return the direct message between the bot and someone, opened if need be."""
        for channel in self.channels.values():
            if channel.kind == "im" and user_id in channel.members:
                return channel
        channel = Channel(
            id=f"D{user_id[1:]}", name=f"dm-{user_id}", kind="im", members=[user_id, self.bot.id]
        )
        self.channels[channel.id] = channel
        return channel

    def keep(self, message: Message) -> None:
        """Store a message; the oldest of the channel goes when there are too many."""
        channel = self.messages.setdefault(message.channel, {})
        channel[message.ts] = message
        if message.thread_ts:
            thread = self._replies.setdefault((message.channel, message.thread_ts), {})
            thread[message.ts] = message
        while len(channel) > MAX_MESSAGES:
            self.forget(next(iter(channel.values())))
        self.feed.changed()

    def forget(self, message: Message) -> None:
        """Remove a message for good."""
        del self.messages[message.channel][message.ts]
        thread = self._replies.get((message.channel, message.thread_ts or ""), {})
        thread.pop(message.ts, None)

    def message(self, channel_id: str, ts: str) -> Message:
        """Return a message that still stands, else raise `message_not_found`."""
        found = self.messages.get(channel_id, {}).get(ts)
        if found is None or found.tombstone:
            raise SlackError("message_not_found")
        return found

    def history(self, channel_id: str) -> list[Message]:
        """Return a channel's messages and replies, oldest first."""
        return list(self.messages.get(channel_id, {}).values())

    def thread(self, channel_id: str, root_ts: str) -> list[Message]:
        """Return a thread's messages, root first; empty when there is no such root."""
        root = self.messages.get(channel_id, {}).get(root_ts)
        if root is None:
            return []
        return [root, *self._replies.get((channel_id, root_ts), {}).values()]

    def thread_status(self, channel_id: str, root_ts: str) -> ThreadStatus | None:
        """Return the status line of a thread unless it was cleared or is two minutes old."""
        status = self.statuses.get((channel_id, root_ts))
        if status and self.clock() - status.set_at < THREAD_STATUS_SECONDS:
            return status
        return None
