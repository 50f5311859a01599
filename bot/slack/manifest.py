"""The app's manifest: what Slack is asked for, each scope with the reason for it.

    frontdesk slack manifest                          for Socket Mode
    frontdesk slack manifest --host https://desk...   for HTTP, with an install page

The reasons stand here and not in a page beside it, so that a scope without one cannot be added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from frontdesk import SettingsError

COMMAND = "/frontdesk"
TICKET_FROM_MESSAGE = "ticket_from_message"
TICKET_NEW = "ticket_new"
EVENTS_PATH = "/slack/events"
REDIRECT_PATH = "/slack/oauth_redirect"
SIGN_IN_BACK = "/sign-in/slack/back"
"""Where people come back to who sign in at the console with Slack."""

SCOPES = {
    "app_mentions:read": "to hear when somebody mentions the desk in a channel",
    "assistant:write": "to be an agent: suggested prompts and titles in its own messages",
    "channels:history": "to follow a thread in a public channel without a new mention, and to find "
    "its own post again when an answer of Slack got lost",
    "chat:write": "to answer, to show what it is doing, and to keep cards up to date",
    "commands": "for /frontdesk and the two shortcuts",
    "files:write": "to show the daily digest as a picture in the triage channel",
    "groups:history": "the same as channels:history in private channels it was invited to",
    "groups:read": "to know who is in the private triage channel: they are the staff",
    "im:history": "to read direct messages that people write to it",
    "im:write": "to open a direct message with somebody who filled in the form",
    "reactions:read": "to make a message a ticket when it gets the ticket emoji",
    "users:read": "to tell guests and people of other companies from colleagues",
}
GROUP_SCOPES = {"usergroups:read": "to know who is in the user group that is the staff"}
PUBLIC_TRIAGE_SCOPES = {"channels:read": "to know who is in the triage channel, which is public"}

EVENTS = (
    "agent_session_stopped",
    "app_context_changed",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "tokens_revoked",
)

ABOUT = (
    "Frontdesk answers support questions where people ask them. It finds out whose field a "
    "question is, lets that specialist answer from your own help articles, checks every answer "
    "before anybody sees it, names its sources, and hands over to your staff whenever it is not "
    "sure. Everything it decides is kept in a record that cannot be altered unnoticed. "
    "Answers are written by software, with a language model where one is configured. They can be "
    "wrong or incomplete: check what matters, and press Talk to a human whenever you want one."
)
PROMPTS = (
    ("Billing", "Where do I find my invoices?"),
    ("A problem", "Something does not work: "),
    ("How to", "How do I "),
    ("A person", "Can I talk to a person?"),
)


@dataclass(frozen=True, slots=True)
class Variant:
    """How the app is to be run. Without a `host` it uses Socket Mode.

    `staff_group`: staff are a user group's members. `public_triage`: the triage channel is public.
    """

    host: str = ""
    staff_group: bool = False
    public_triage: bool = False
    rotates_tokens: bool = False


def scopes(variant: Variant) -> dict[str, str]:
    """The scopes a variant needs, each with its reason."""
    wanted = dict(SCOPES)
    if variant.staff_group:
        del wanted["groups:read"]
        wanted |= GROUP_SCOPES
    elif variant.public_triage:
        del wanted["groups:read"]
        wanted |= PUBLIC_TRIAGE_SCOPES
    return dict(sorted(wanted.items()))


def manifest(variant: Variant) -> dict[str, Any]:
    """The manifest of a variant, as Slack's app page takes it.

    Raises:
        SettingsError: the host is no https address without a path.
    """
    host = _checked(variant.host)
    made: dict[str, Any] = {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Frontdesk",
            "description": "Answers support questions with sources, or finds somebody who can.",
            "long_description": ABOUT,
            "background_color": "#1F3A5F",
        },
        "features": _features(host),
        "oauth_config": {"scopes": {"bot": list(scopes(variant))}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not host,
            "token_rotation_enabled": variant.rotates_tokens,
        },
    }
    if host:
        url = host + EVENTS_PATH
        made["settings"]["event_subscriptions"]["request_url"] = url
        made["settings"]["interactivity"]["request_url"] = url
        made["oauth_config"]["redirect_urls"] = [host + REDIRECT_PATH, host + SIGN_IN_BACK]
    return made


def _features(host: str) -> dict[str, Any]:
    command = {
        "command": COMMAND,
        "description": "Ask the support desk, or see your tickets",
        "usage_hint": "help | new | status [ticket] | human | mine",
        "should_escape": True,
    }
    return {
        "agent_view": {
            "agent_description": "Software that answers support questions from your help "
            "articles, with sources, and hands over to your staff when it is not sure.",
            "suggested_prompts": [{"title": t, "message": m} for t, m in PROMPTS],
        },
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "frontdesk", "always_online": True},
        "shortcuts": [
            {
                "name": "Make it a ticket",
                "type": "message",
                "callback_id": TICKET_FROM_MESSAGE,
                "description": "Let the support desk answer this message",
            },
            {
                "name": "New support ticket",
                "type": "global",
                "callback_id": TICKET_NEW,
                "description": "Ask the support desk with a form",
            },
        ],
        "slash_commands": [command | ({"url": host + EVENTS_PATH} if host else {})],
    }


def _checked(host: str) -> str:
    host = host.rstrip("/")
    if host and (not host.startswith("https://") or "/" in host.removeprefix("https://")):
        raise SettingsError(
            f"{host!r} is not where Slack can reach the desk: write https:// and the host's name"
        )
    return host
