"""What can be set about Slack; part of `bot.settings.Settings`."""

from __future__ import annotations

from pydantic import Field, SecretStr

from bot.settings.fields import named
from bot.settings.models import ModelSettings


class SlackSettings(ModelSettings):
    """How the desk reaches Slack, and who is staff there."""

    slack_bot_token: SecretStr | None = named(
        "SLACK_BOT_TOKEN", default=None, description="xoxb-…, the app in one workspace"
    )
    slack_app_token: SecretStr | None = named(
        "SLACK_APP_TOKEN", default=None, description="xapp-…, turns on Socket Mode"
    )
    slack_signing_secret: SecretStr | None = named(
        "SLACK_SIGNING_SECRET", default=None, description="turns on HTTP, at PORT"
    )
    slack_api_url: str = named(
        "SLACK_API_URL",
        default="https://slack.com/api/",
        description="another server of Slack's API",
    )
    slack_triage_channel: str = Field(
        "", description="id of the channel for staff; several workspaces: T1=C1,T2=C2"
    )
    slack_staff_group: str = Field(
        "", description="id of the user group that is staff, instead of that channel's members"
    )
    slack_settle_seconds: float = Field(
        1.0, ge=0, description="how long a thread must be still before the desk answers"
    )
    turns_in_flight: int = Field(64, ge=1, description="turns that run side by side")
    turn_tries: int = Field(5, ge=1, description="how often a turn is tried, then a human")
