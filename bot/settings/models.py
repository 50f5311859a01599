"""What can be set about language models; part of `bot.settings.Settings`."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from bot.settings.fields import Listed, named


class ModelSettings(BaseSettings):
    """How the agents reach language models, and what a ticket may cost."""

    anthropic_api_key: SecretStr | None = named(
        "ANTHROPIC_API_KEY", default=None, description="turns on the agents on Claude"
    )
    anthropic_base_url: str | None = named(
        "ANTHROPIC_BASE_URL", default=None, description="another server of the Messages API"
    )
    router_model: str = Field("claude-haiku-5-5", description="decides where the desk is unsure")
    specialist_model: str = Field("claude-sonnet-5-5", description="answers")
    validator_model: str = Field("claude-haiku-5-5", description="checks replies")
    second_opinion_model: str = Field(
        "claude-opus-5-5", description="checks again what is risky; see second_opinion_policies"
    )
    fallback_model: str = Field("claude-haiku-4-5", description="when a role's model is not there")
    second_opinion_policies: Listed = Field(
        (), description="ids of the policies whose replies get a second opinion"
    )
    second_opinion_share: float = Field(
        0.0, ge=0, le=1, description="how many of those replies get one"
    )
    model_effort: Literal["default", "none"] = Field(
        "default", description="`none` for models that do not know the effort option"
    )
    model_seconds: float = Field(30.0, gt=0, description="time limit of one attempt")
    model_call_seconds: float = Field(75.0, gt=0, description="of a call with all its attempts")
    model_retries: int = Field(2, ge=0, description="further attempts with the same model")
    model_in_flight: int = Field(256, ge=1, description="calls at once in this process")
    model_stream: bool = Field(False, description="read answers as events, for proxies that cut")
    ticket_calls: int = Field(40, ge=0, description="model calls of a ticket, then a human")
    ticket_tokens: int = Field(200_000, ge=0, description="tokens of a ticket, then a human")
    ticket_dollars: float = Field(1.0, ge=0, description="money of a ticket, then a human")
    ticket_model_seconds: float = Field(
        600.0, ge=0, description="seconds that a ticket waits for models, then a human"
    )
    prices: dict[str, tuple[float, float, float, float]] = Field(
        {},
        description="dollars per million tokens by model: input, output, cache read, cache write",
    )
    prices_as_of: date | None = Field(None, description="the day of those prices")
