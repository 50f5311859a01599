"""The app under test as Slack knows it: its secrets, and what its manifest asks for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from bot.sandbox.events import DEFAULT_EVENTS
from bot.sandbox.records import Json


def _made_up(prefix: str) -> str:
    return f"{prefix}-{secrets.token_hex(16)}"


@dataclass
class App:
    """An app's settings. Secrets are made up anew unless given."""

    id: str = "A0DESK000"
    name: str = "Frontdesk"
    description: str = ""
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    app_token: str = field(default_factory=lambda: _made_up("xapp-1"))
    bot_token: str = field(default_factory=lambda: _made_up("xoxb"))
    client_id: str = "1111111111.2222222222"
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    verification_token: str = field(default_factory=lambda: secrets.token_hex(12))
    events: frozenset[str] = DEFAULT_EVENTS
    scopes: frozenset[str] | None = None
    commands: list[Json] = field(default_factory=list)
    shortcuts: list[Json] = field(default_factory=list)
    suggested_prompts: list[Json] = field(default_factory=list)
    rotates_tokens: bool = False


def app_from_manifest(manifest: Json) -> App:
    """Return the app a manifest describes: its name, events, scopes, commands and shortcuts."""
    features = manifest.get("features", {})
    settings = manifest.get("settings", {})
    display = manifest.get("display_information", {})
    scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot")
    events = settings.get("event_subscriptions", {}).get("bot_events")
    return App(
        name=str(display.get("name", "Frontdesk")),
        description=str(display.get("description", "")),
        events=frozenset(events) if events else DEFAULT_EVENTS,
        scopes=frozenset(scopes) if scopes else None,
        commands=list(features.get("slash_commands", [])),
        shortcuts=list(features.get("shortcuts", [])),
        suggested_prompts=list(features.get("agent_view", {}).get("suggested_prompts", [])),
        rotates_tokens=bool(settings.get("token_rotation_enabled", False)),
    )
