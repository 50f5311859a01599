"""Settings of the language models; plain data, read elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from bot.llm.prices import PriceTable
from router.model import Role

Effort = Literal["low", "medium", "high", "xhigh", "max"]
HAIKU = "claude-haiku-5-5"
SONNET = "claude-sonnet-5-5"
OPUS = "claude-opus-5-5"


@dataclass(frozen=True, slots=True)
class RoleSettings:
    """How one role asks.

    `timeout` is for one attempt and `total` for the whole call with its retries and the fall-back,
    both in seconds. `max_tokens` includes what the model thinks before it answers; an answer that
    was cut off is asked for once more with twice as many. `effort` None leaves it to the model:
    needed for models that do not know the option.
    """

    model: str
    fallback: str | None = None
    timeout: float = 30.0
    total: float = 75.0
    max_tokens: int = 2048
    effort: Effort | None = "low"


ROLES: Mapping[Role, RoleSettings] = MappingProxyType(
    {
        Role.ROUTER: RoleSettings(HAIKU, SONNET),
        Role.SPECIALIST: RoleSettings(SONNET, HAIKU, max_tokens=4096, effort="medium"),
        Role.VALIDATOR: RoleSettings(HAIKU, SONNET, max_tokens=4096),
        Role.SECOND_OPINION: RoleSettings(SONNET, OPUS, max_tokens=4096),
    }
)


@dataclass(frozen=True)
class LlmSettings:
    """How to reach the models, and how to behave when they do not answer.

    `base_url` None is the vendor's own address. `max_retries` counts per model. Waiting between
    attempts starts at `backoff` seconds and doubles up to `longest_backoff`; a wait that the server
    names is honoured if it ends before the call's time does. After `pause_after` outages in a row a
    model is left alone for `pause` seconds. `stream` reads answers as events, for servers and
    proxies that cut connections on which nothing moves. `traces` hands spans without any text to
    OpenTelemetry, where that is set up.
    """

    api_key: str
    base_url: str | None = None
    roles: Mapping[Role, RoleSettings] = field(default_factory=lambda: ROLES)
    prices: PriceTable = field(default_factory=PriceTable)
    max_retries: int = 2
    backoff: float = 0.5
    longest_backoff: float = 8.0
    in_flight: int = 256
    pause_after: int = 8
    pause: float = 30.0
    stream: bool = False
    traces: bool = True

    def __repr__(self) -> str:
        return f"LlmSettings(base_url={self.base_url!r}, roles={dict(self.roles)!r})"
