"""What all listeners share: who acts, the key of an act, in time or not at all, how to answer.

Slack never repeats an interaction. So an act is on record before it is acknowledged; if it cannot
be within Slack's three seconds it is not acknowledged, and whoever clicked is told to try again.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.slack import modals
from bot.slack.acting import Actor, Refusal
from bot.slack.calls import Refused
from bot.slack.card_look import cut
from bot.slack.office import Office
from frontdesk import FrontdeskError, PostError

log = logging.getLogger("frontdesk.slack.listening")

Body = Mapping[str, Any]
Ack = Callable[..., Awaitable[Any]]
Listener = Callable[[Ack, dict[str, Any]], Awaitable[None]]

IN_TIME = 2.5
"""Seconds in which an act must be on record: Slack waits for three."""

NOT_NOW = "That did not work just now, and nothing was changed. Please try again."


def team_of(body: Body) -> str:
    """The workspace of an interaction or command."""
    team = body.get("team") or {}
    return str(team.get("id") or body.get("team_id") or (body.get("user") or {}).get("team_id"))


def user_of(body: Body) -> str:
    """Whose interaction or command it is."""
    user = body.get("user")
    return str(user["id"] if isinstance(user, Mapping) else body["user_id"])


def place_of(body: Body) -> tuple[str, str]:
    """Channel and thread of a click, as far as it has them."""
    container, channel = body.get("container") or {}, body.get("channel") or {}
    message = body.get("message") or {}
    found = channel.get("id") or container.get("channel_id") or body.get("channel_id") or ""
    return str(found), str(message.get("thread_ts") or container.get("thread_ts") or "")


def key_of(body: Body) -> str:
    """The same for every copy of one interaction, and for no other."""
    view, actions = body.get("view") or {}, body.get("actions") or ()
    if body.get("type") == "view_submission":
        return f"view:{team_of(body)}:{view['id']}:{user_of(body)}"
    if actions:
        first = actions[0]
        return f"click:{team_of(body)}:{user_of(body)}:{first['action_id']}:{first['action_ts']}"
    trigger = str(body.get("trigger_id") or "")
    return f"once:{team_of(body)}:{hashlib.sha256(trigger.encode()).hexdigest()[:32]}"


def value_of(body: Body) -> str:
    """The value of the button that was pressed."""
    return str(body["actions"][0].get("value") or "")


async def in_time(act: Callable[[], Awaitable[Any]]) -> Any:
    """Do something while Slack still waits.

    Raises:
        TimeoutError: it took too long; do not acknowledge.
    """
    async with asyncio.timeout(IN_TIME):
        return await act()


async def actor_of(office: Office, body: Body) -> Actor:
    """Who acts."""
    return await office.actor(team_of(body), user_of(body))


async def attempt(
    office: Office, ack: Ack, body: dict[str, Any], act: Callable[[Actor], Awaitable[None]]
) -> bool:
    """Carry out a click, acknowledge it, and say why where it was refused; True if it was not."""

    async def whole() -> None:
        await act(await actor_of(office, body))

    try:
        await in_time(whole)
    except Refusal as refusal:
        await ack()
        office.later(tell(office, body, refusal.text))
        return False
    except (FrontdeskError, TimeoutError):
        log.exception("an act could not be carried out and is not acknowledged")
        office.later(tell(office, body, NOT_NOW))
        raise
    await ack()
    return True


async def tell(office: Office, body: Body, text: str) -> None:
    """Tell somebody something that only they see, where they are."""
    team, user = team_of(body), user_of(body)
    channel, thread = place_of(body)
    here = {"channel": channel, "user": user, "thread_ts": thread or None, "text": text}
    try:
        if channel and await _here(office, team, here):
            return
        await office.calls(team, "chat_postMessage", channel=user, text=text)
    except PostError as error:
        log.info("somebody could not be told %r: %s", cut(text, 40), error)


async def _here(office: Office, team: str, remark: dict[str, Any]) -> bool:
    """Say it where they are; false where the desk or the person is no member."""
    try:
        await office.calls(team, "chat_postEphemeral", **remark)
    except Refused:
        return False
    return True


async def open_form(office: Office, ack: Ack, body: dict[str, Any]) -> None:
    """Open the form for a new ticket, wherever it is asked for."""

    async def act(actor: Actor) -> None:
        await open_view(office, body, modals.ticket(office.titles))

    await attempt(office, ack, body, act)


async def open_view(office: Office, body: Body, view: dict[str, Any]) -> None:
    """Open a modal; its trigger lives three seconds.

    Raises:
        PostError: it is not open.
    """
    await office.calls.at_once(
        team_of(body), "views_open", trigger_id=str(body["trigger_id"]), view=view
    )
