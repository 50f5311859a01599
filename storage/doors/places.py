"""How tickets of the other doors are named: by their source, and by where they stand."""

from __future__ import annotations

API = "api"
WEBHOOK = "webhook"
DOORS = (API, WEBHOOK)
"""The sources of what comes in by another door than Slack."""

LOCAL = "local"
"""The workspace of a ticket that belongs to none."""


def place(source: str, owner: str, name: str) -> str:
    """The conversation of a ticket: no thread of Slack is called like this."""
    return f"{source}/{owner}/{name}"


def is_door(conversation: str) -> bool:
    """Whether a conversation, or the channel in its name, is one of another door."""
    return conversation.partition("/")[0] in DOORS and "/" in conversation
