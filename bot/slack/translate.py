"""An event of Slack as the desk understands it: pure functions, no look-ups.

One post arrives as up to two events (`message` and `app_mention`), each possibly several times.
All of them become one delivery, because its id is the place of the post, not the event's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.slack.mentions import mentioned, plain
from router.records import Addressee, Delivery

SOURCE = "slack"
"""The source of every delivery from here."""

DIRECT = "im"
SLACKBOT = "USLACKBOT"
NEW = frozenset({None, "file_share", "thread_broadcast"})
"""Subtypes of a message that somebody wrote; of the others only edits and deletions count."""


@dataclass(frozen=True, slots=True)
class Me:
    """Who the desk is in one workspace."""

    user: str
    bot: str = ""
    app: str = ""


@dataclass(frozen=True, slots=True)
class Wrote:
    """Somebody wrote something. `person` is who; `direct` says that it is a direct message."""

    delivery: Delivery
    direct: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Edited:
    """Somebody changed what they wrote: `old` is the delivery it replaces."""

    old: str
    new: Wrote


@dataclass(frozen=True, slots=True)
class Deleted:
    """Somebody took back what they wrote."""

    old: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing that concerns the desk, and the rule that says so."""

    rule: str


Heard = Wrote | Edited | Deleted | Ignored


def hear(body: Mapping[str, Any], me: Me) -> Heard:
    """What a `message` or `app_mention` event says."""
    event = body["event"]
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return _edited(body, event, me)
    if subtype == "message_deleted":
        return _deleted(body, event, me)
    if subtype not in NEW:
        return Ignored(f"subtype:{subtype}")
    if rule := not_a_person(event, me):
        return Ignored(rule)
    return _wrote(body, event, event, me)


def not_a_person(message: Mapping[str, Any], me: Me) -> str:
    """The rule by which a message's author is none the desk listens to; empty if it is one."""
    user = message.get("user")
    if user == me.user or (me.bot and message.get("bot_id") == me.bot):
        return "own"
    if message.get("bot_id") or message.get("app_id") or message.get("subtype") == "bot_message":
        return "bot"
    if not user or user == SLACKBOT:
        return "nobody"
    return "hidden" if message.get("hidden") else ""


def place(team: str, channel: str, ts: str) -> str:
    """The id of the delivery of one post."""
    return f"{team}:{channel}:{ts}"


def team_of(body: Mapping[str, Any]) -> str:
    """The workspace the app is installed in, which is not always the author's own."""
    for authorization in body.get("authorizations") or ():
        if authorization.get("team_id"):
            return str(authorization["team_id"])
    return str(body["team_id"])


def _wrote(
    body: Mapping[str, Any], event: Mapping[str, Any], message: Mapping[str, Any], me: Me
) -> Wrote:
    team, channel, ts = team_of(body), str(event["channel"]), str(message["ts"])
    root = str(message.get("thread_ts") or ts)
    text = str(message.get("text") or "")
    direct = event.get("channel_type") == DIRECT
    home = {team, body.get("team_id")}
    own = message.get("user_team") or message.get("source_team") or message.get("team") or team
    delivery = Delivery(
        id=place(team, channel, ts),
        source=SOURCE,
        text=plain(text, me.user),
        at=moment(ts),
        author_id=str(message["user"]),
        conversation=f"{channel}:{root}",
        workspace=team,
        channel=channel,
        addressee=_addressee(event, text, me, direct=direct),
    )
    return Wrote(delivery, direct, outside=own not in home)


def _addressee(event: Mapping[str, Any], text: str, me: Me, *, direct: bool) -> Addressee:
    people = mentioned(text)
    if direct or me.user in people or event.get("type") == "app_mention":
        return Addressee.DESK
    return Addressee.OTHERS if people else Addressee.THREAD


def _edited(body: Mapping[str, Any], event: Mapping[str, Any], me: Me) -> Heard:
    message, previous = event.get("message") or {}, event.get("previous_message") or {}
    if rule := not_a_person(message, me):
        return Ignored(rule)
    if message.get("subtype") not in NEW:
        return Ignored(f"subtype:{message.get('subtype')}")
    if _words(message, me) == _words(previous, me):
        return Ignored("same_text")
    wrote = _wrote(body, event, message, me)
    stamp = (message.get("edited") or {}).get("ts") or event.get("event_ts") or event["ts"]
    new = Delivery(
        id=f"{wrote.delivery.id}:{stamp}",
        source=SOURCE,
        text=wrote.delivery.text,
        at=moment(str(stamp)),
        author_id=wrote.delivery.author_id,
        conversation=wrote.delivery.conversation,
        workspace=wrote.delivery.workspace,
        channel=wrote.delivery.channel,
        addressee=wrote.delivery.addressee,
    )
    return Edited(wrote.delivery.id, Wrote(new, wrote.direct, wrote.outside))


def _deleted(body: Mapping[str, Any], event: Mapping[str, Any], me: Me) -> Heard:
    previous = event.get("previous_message") or {}
    if rule := not_a_person(previous, me):
        return Ignored(rule)
    ts = event.get("deleted_ts") or previous.get("ts")
    return Deleted(place(team_of(body), str(event["channel"]), str(ts)))


def _words(message: Mapping[str, Any], me: Me) -> list[str]:
    """What counts in a text: a changed space, or a preview that Slack attached, is no edit."""
    return plain(str(message.get("text") or ""), me.user).casefold().split()


def moment(ts: str) -> datetime:
    """A Slack timestamp as a time."""
    seconds, _, fraction = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC).replace(
        microsecond=int(fraction.ljust(6, "0")[:6] or 0)
    )
