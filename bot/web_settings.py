"""What can be set about the console and who gets in; part of `bot.settings.Settings`."""

from __future__ import annotations

from pydantic_settings import BaseSettings


class WebSettings(BaseSettings):
    """What can be set about the console and who gets in."""
