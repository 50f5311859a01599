"""What can be set about the console and who gets in; part of `bot.settings.Settings`."""

from __future__ import annotations

from ipaddress import ip_network

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from bot.settings.fields import Listed


class WebSettings(BaseSettings):
    """What can be set about the console and who gets in."""

    console: bool = Field(True, description="whether the console is served at PORT")
    console_idle_minutes: float = Field(
        60.0, gt=0, description="after how long without use somebody has to sign in again"
    )
    console_hours: float = Field(
        12.0, gt=0, description="after how long in all somebody has to sign in again"
    )
    console_sign_ins: int = Field(
        10, ge=1, description="attempts to sign in that one network address has in five minutes"
    )
    console_verify_minutes: float = Field(
        5.0, gt=0, description="how often the console verifies what is new in the audit trail"
    )
    trusted_proxies: Listed = Field(
        ("127.0.0.1", "::1"),
        description="addresses or networks of proxies that may say whom they speak for",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if ip_network(one).prefixlen == 0:
                raise ValueError(f"{one} is everybody: anyone could say where they come from")
        return value
