"""The one way a Web API method says no."""

from __future__ import annotations

from bot.sandbox.records import Json


class SlackError(Exception):
    """Becomes `{"ok": false, "error": name, ...more}`, as Slack answers it."""

    def __init__(self, name: str, **more: object) -> None:
        super().__init__(name)
        self.name = name
        self.more = more

    def to_json(self) -> Json:
        """Return the body of the answer."""
        return {"ok": False, "error": self.name, **self.more}


def invalid_arguments(*messages: str) -> SlackError:
    """Return Slack's `invalid_arguments` with its explaining messages."""
    shown = [f"[ERROR] {message}" for message in messages]
    return SlackError("invalid_arguments", response_metadata={"messages": shown})


def required(name: str) -> SlackError:
    """Return what Slack answers when a required argument is missing."""
    return invalid_arguments(f"missing required field: {name}")
