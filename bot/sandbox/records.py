"""The things a workspace is made of: people, channels, messages, views, streams.

They hold what Slack holds. How they look on the wire is said here once, in `to_json`, so that
the Web API, the events and the page can't drift apart.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class User:
    """Someone in a workspace: a person, a guest, someone from another company, or a bot."""

    id: str
    name: str
    real_name: str
    team_id: str
    color: str = "4a6fa5"
    title: str = ""
    bot_id: str | None = None
    app_id: str | None = None
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_admin: bool = False
    is_stranger: bool = False
    locale: str = "en-US"
    tz: str = "Europe/Berlin"

    def to_json(self) -> Json:
        """Return the user object of `users.info`."""
        profile = {
            "real_name": self.real_name,
            "display_name": self.name,
            "title": self.title,
            "team": self.team_id,
        }
        if self.bot_id:
            profile |= {"bot_id": self.bot_id, "api_app_id": self.app_id or ""}
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": False,
            "color": self.color,
            "tz": self.tz,
            "tz_offset": 3600,
            "locale": self.locale,
            "profile": profile,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_restricted": self.is_restricted or self.is_ultra_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_stranger": self.is_stranger,
            "is_bot": self.bot_id is not None,
            "is_app_user": False,
        }


@dataclass
class Channel:
    """A public channel, a private one (`group`) or a direct message (`im`)."""

    id: str
    name: str
    kind: str = "channel"
    members: list[str] = field(default_factory=list)
    topic: str = ""
    is_ext_shared: bool = False
    is_archived: bool = False
    created: int = field(default_factory=lambda: int(time.time()))

    def partner_of(self, user_id: str) -> str | None:
        """Return the other side of a direct message."""
        return next((member for member in self.members if member != user_id), None)

    def to_json(self, seen_by: str) -> Json:
        """Return the conversation object as the member `seen_by` sees it."""
        shown: Json = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.is_archived,
            "is_im": self.kind == "im",
            "is_mpim": False,
            "is_channel": self.kind == "channel",
            "is_group": False,
            "is_private": self.kind != "channel",
            "is_ext_shared": self.is_ext_shared,
            "is_shared": self.is_ext_shared,
        }
        if self.kind == "im":
            return shown | {"user": self.partner_of(seen_by) or seen_by, "is_open": True}
        return shown | {
            "name": self.name,
            "name_normalized": self.name,
            "is_member": seen_by in self.members,
            "num_members": len(self.members),
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": self.topic, "creator": "", "last_set": 0},
        }


@dataclass
class Stream:
    """What a streaming message has gathered so far."""

    started: float
    text: str = ""
    plan_title: str = ""
    mode: str = "timeline"
    tasks: dict[str, Json] = field(default_factory=dict)
    blocks: list[Json] = field(default_factory=list)
    stopped_by: str | None = None


@dataclass
class Message:
    """One message. `only_for` makes it ephemeral: it's in no history and in no event.

    `unfurls` says that Slack would fetch its links for a preview.
    """

    ts: str
    channel: str
    user: str
    team: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    bot_name: str | None = None
    metadata: Json | None = None
    edited: Json | None = None
    files: list[Json] = field(default_factory=list)
    reactions: list[Json] = field(default_factory=list)
    client_msg_id: str | None = None
    only_for: str | None = None
    tombstone: bool = False
    unfurls: bool = False
    stream: Stream | None = None

    @property
    def is_live(self) -> bool:
        """Say whether it's still streaming."""
        return self.stream is not None and self.stream.stopped_by is None

    def to_json(self, *, with_metadata: bool = False) -> Json:
        """Return the message object without what only the server knows."""
        shown: Json = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts}
        optional = {
            "subtype": self.subtype,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "client_msg_id": self.client_msg_id,
            "team": self.team,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "thread_ts": self.thread_ts,
            "edited": self.edited,
            "files": self.files,
            "reactions": self.reactions,
            "metadata": self.metadata if with_metadata else None,
        }
        shown |= {name: value for name, value in optional.items() if value}
        if self.bot_id:
            shown["bot_profile"] = self._bot_profile()
        return shown

    def _bot_profile(self) -> Json:
        return {
            "id": self.bot_id,
            "app_id": self.app_id,
            "name": self.bot_name,
            "user_id": self.user,
            "team_id": self.team,
            "deleted": False,
        }


@dataclass
class View:
    """A modal or a home tab, with the two names that bind it to its stack."""

    id: str
    user_id: str
    team_id: str
    app_id: str
    bot_id: str
    body: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None

    def to_json(self, values: Json | None = None) -> Json:
        """Return the view object, with what the person typed when `values` is given."""
        defaults: Json = {
            "private_metadata": "",
            "callback_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "close": None,
            "submit": None,
            "external_id": "",
        }
        return (
            defaults
            | self.body
            | {
                "id": self.id,
                "team_id": self.team_id,
                "hash": self.hash,
                "state": {"values": values or {}},
                "root_view_id": self.root_view_id,
                "previous_view_id": self.previous_view_id,
                "app_id": self.app_id,
                "app_installed_team_id": self.team_id,
                "bot_id": self.bot_id,
            }
        )


@dataclass
class ThreadStatus:
    """The «is thinking…» line below a thread, and what it cycles through."""

    text: str
    loading_messages: list[str]
    set_at: float


@dataclass
class Session:
    """An agent session: its lifecycle status and title."""

    status: str
    title: str = ""
    initiator: str | None = None


@dataclass
class Prompts:
    """The suggested prompts of a direct message or one of its threads."""

    prompts: list[Json]
    title: str = ""
