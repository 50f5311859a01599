"""Interaction payloads: clicks, submitted views, shortcuts, commands, option look-ups."""

from __future__ import annotations

from typing import Any

from bot.sandbox.core import Core
from bot.sandbox.records import Channel, Json, Message, User, View
from bot.sandbox.state import Workspace

CHOICES = {"static_select": "selected_option", "radio_buttons": "selected_option"}
CHOICES |= {"external_select": "selected_option", "overflow": "selected_option"}
MANY_CHOICES = {"multi_static_select", "multi_external_select", "checkboxes"}
PICKS = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
}


def channel_name(channel: Channel) -> str:
    """Return the name Slack gives in payloads: private places are not named."""
    return {"im": "directmessage", "group": "privategroup"}.get(channel.kind, channel.name)


def common(core: Core, workspace: Workspace, user: User, kind: str) -> Json:
    """Return what every interaction payload starts with."""
    return {
        "type": kind,
        "token": core.app.verification_token,
        "api_app_id": core.app.id,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id,
        },
    }


def response_link(core: Core, key: str) -> str:
    """Return the address of a response URL."""
    return f"{core.base_url}/response/{key}"


def action_of(workspace: Workspace, block: Json, element: Json, value: Any) -> Json:
    """Return one entry of `actions`: the element as used, with what was chosen."""
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": workspace.now_ts(),
    }
    if element["type"] == "button":
        kept = {name: element[name] for name in ("text", "value", "style") if name in element}
        return action | kept
    if element["type"] in {"feedback_buttons", "icon_button"}:
        return action | {"value": element.get("value") if value is None else value}
    return action | chosen(element, value)


def chosen(element: Json, value: Any) -> Json:
    """Return the typed state of an input: text stays text, a choice becomes its option."""
    kind = element["type"]
    if kind in CHOICES:
        return {"type": kind, CHOICES[kind]: _option(element, value)}
    if kind in MANY_CHOICES:
        options = [_option(element, one) for one in value or []]
        return {"type": kind, "selected_options": options}
    if kind in PICKS:
        return {"type": kind, PICKS[kind]: value}
    return {"type": kind, "value": value if value != "" else None}


def _option(element: Json, value: Any) -> Json | None:
    if isinstance(value, dict) or value is None:
        return value
    groups = element.get("option_groups", [])
    options = [*element.get("options", []), *(one for g in groups for one in g["options"])]
    known = next((option for option in options if option.get("value") == value), None)
    return known or {"text": {"type": "plain_text", "text": str(value)}, "value": str(value)}


def default_of(element: Json) -> Any:
    """Return what an input holds before anybody touches it."""
    for name in ("initial_value", "initial_option", "initial_options", "initial_user"):
        if name in element:
            return element[name]
    return element.get("initial_date") or element.get("initial_conversation")


def message_clicked(
    core: Core, workspace: Workspace, user: User, message: Message, actions: list[Json]
) -> Json:
    """Return `block_actions` for an element in a message."""
    channel = workspace.channels[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    key = core.response_urls.make(
        workspace, channel.id, user.id, message_ts=message.ts, thread_ts=message.thread_ts
    )
    return common(core, workspace, user, "block_actions") | {
        "container": container,
        "trigger_id": core.triggers.make(user.id),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": message.to_json(with_metadata=True),
        "state": {"values": {}},
        "response_url": response_link(core, key),
        "actions": actions,
    }


def view_clicked(
    core: Core, workspace: Workspace, user: User, view: View, click: tuple[Json, Json]
) -> Json:
    """Return `block_actions` within a view; `click` is the action and what the inputs hold."""
    action, values = click
    is_modal = view.body.get("type") == "modal"
    return common(core, workspace, user, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": core.triggers.make(user.id, view.id if is_modal else None),
        "view": view.to_json(values),
        "actions": [action],
    }


def view_submitted(core: Core, workspace: Workspace, user: User, view: View, values: Json) -> Json:
    """Return `view_submission`."""
    return common(core, workspace, user, "view_submission") | {
        "trigger_id": core.triggers.make(user.id, view.id),
        "view": view.to_json(values),
        "response_urls": [],
    }


def view_closed(core: Core, workspace: Workspace, user: User, view: View, *, cleared: bool) -> Json:
    """Return `view_closed`."""
    return common(core, workspace, user, "view_closed") | {
        "view": view.to_json(),
        "is_cleared": cleared,
    }


def message_shortcut(
    core: Core, workspace: Workspace, user: User, message: Message, callback_id: str
) -> Json:
    """Return `message_action`."""
    channel = workspace.channels[message.channel]
    key = core.response_urls.make(workspace, channel.id, user.id, message_ts=message.ts)
    return common(core, workspace, user, "message_action") | {
        "callback_id": callback_id,
        "trigger_id": core.triggers.make(user.id),
        "response_url": response_link(core, key),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": message.to_json(),
        "action_ts": workspace.now_ts(),
    }


def global_shortcut(core: Core, workspace: Workspace, user: User, callback_id: str) -> Json:
    """Return `shortcut`."""
    return common(core, workspace, user, "shortcut") | {
        "callback_id": callback_id,
        "trigger_id": core.triggers.make(user.id),
        "action_ts": workspace.now_ts(),
    }


def slash_command(
    core: Core, workspace: Workspace, user: User, channel: Channel, typed: tuple[str, str]
) -> Json:
    """Return the form fields of a slash command; `typed` is the command and its text."""
    command, text = typed
    key = core.response_urls.make(workspace, channel.id, user.id)
    return {
        "token": core.app.verification_token,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": core.app.id,
        "is_enterprise_install": "false",
        "response_url": response_link(core, key),
        "trigger_id": core.triggers.make(user.id),
    }


def options_wanted(
    core: Core, workspace: Workspace, user: User, place: Json, looked_up: tuple[Json, Json, str]
) -> Json:
    """Return `block_suggestion` for an external select; `looked_up` is block, element, query."""
    block, element, query = looked_up
    return (
        common(core, workspace, user, "block_suggestion")
        | place
        | {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "value": query,
        }
    )
