"""What can be set about the console and who gets in; part of `bot.settings.Settings`."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings


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
