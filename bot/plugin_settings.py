"""What can be set about plugins; part of `bot.settings.Settings`."""

from __future__ import annotations

from pydantic_settings import BaseSettings


class PluginSettings(BaseSettings):
    """What can be set about plugins."""
