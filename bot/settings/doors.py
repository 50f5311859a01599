"""What can be set about the other doors: the API, webhooks, digest, incidents, reconciliation."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from bot.settings.fields import Listed


class WebhookSettings(BaseModel):
    """One webhook: how it proves where it comes from, and where in its JSON things stand.

    `scheme` is `standard` (Standard Webhooks: `webhook-id`, `webhook-timestamp`,
    `webhook-signature`) or `body`: an HMAC-SHA256 of the body, or of the time in
    `timestamp_header` and the body, in `header` after `prefix`. Fields are paths such as
    `ticket.description`; of `text` all that are there are taken, one after the other.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret: SecretStr
    scheme: Literal["standard", "body"] = "standard"
    header: str = "x-hub-signature-256"
    prefix: str = "sha256="
    encoding: Literal["hex", "base64"] = "hex"
    timestamp_header: str = ""
    text: tuple[str, ...] = ("subject", "text")
    requester: str = "requester"
    reference: str = "reference"
    delivery: str = "id"
    workspace: str = ""
    callback: str = ""

    @field_validator("text", mode="before")
    @classmethod
    def _one_or_more(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class DoorSettings(BaseSettings):
    """How others than people in Slack reach the desk, and what it does about all tickets."""

    api_rate: str = Field(
        "120/minute", description="requests of one token in this process, as `limits` writes it"
    )
    api_denied_rate: str = Field(
        "20/minute", description="refused requests of one address, before it is not listened to"
    )
    api_bytes: int = Field(65_536, ge=1_024, description="size of one request to the API")
    api_workspace: str = Field(
        "", description="the Slack workspace whose staff sees tickets of the API; if there is one"
    )
    webhooks: dict[str, WebhookSettings] = Field(
        {}, description="signed webhooks by name, each at /api/webhooks/NAME; see docs/api.md"
    )
    callback_private_hosts: Listed = Field(
        (), description="hosts at private addresses that callbacks may go to, also by plain HTTP"
    )

    digest_at: str = Field(
        "09:00",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="when the triage channel is told of the day before, in the zone of sla; "
        "empty: never",
    )
    incident_people: int = Field(
        5, ge=0, description="people who must ask the same for an incident to be proposed; 0: never"
    )
    incident_minutes: float = Field(
        30.0, gt=0, description="the time in which they must have asked it"
    )
    incident_similar: float = Field(
        0.6, gt=0, le=1, description="from which similarity on two questions are the same"
    )
    reconcile_minutes: float = Field(
        10.0, ge=0, description="how often to look for what Slack did not deliver; 0: never"
    )
    reconcile_hours: float = Field(
        24.0, gt=0, description="how far back to look in a channel at first"
    )
    reconcile_page: int = Field(
        200, ge=1, le=999, description="messages of one page; Slack gives some apps no more than 15"
    )
    satisfaction: bool = Field(
        True, description="ask requesters once, when their ticket is resolved, how it was"
    )
