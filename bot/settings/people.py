"""What can be set about what people do; part of `bot.settings.Settings`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from bot.settings.fields import Listed, named
from bot.settings.slack import SlackSettings


class PeopleSettings(SlackSettings):
    """What waits for staff, how people begin tickets, and how workspaces install the desk."""

    draft: Listed = Field(
        (), description="specialists whose replies wait for staff, separated by commas; * for all"
    )
    draft_hours: float = Field(72.0, gt=0, description="how long a draft may be approved")
    slack_outsiders: Literal["answer", "human", "ignore"] = Field(
        "answer", description="what guests and people of other companies get: human is a person"
    )
    slack_emoji: str = Field("ticket", description="the reaction that makes a message a ticket")
    public_url: str = Field("", description="where browsers reach the desk, as https://…")
    contact: str = Field("", description="whom people ask about their data; shown in the Home tab")
    slack_client_id: str | None = named(
        "SLACK_CLIENT_ID", default=None, description="turns on installing by many workspaces"
    )
    slack_client_secret: SecretStr | None = named(
        "SLACK_CLIENT_SECRET", default=None, description="belongs to SLACK_CLIENT_ID"
    )
