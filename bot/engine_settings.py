"""What can be set about processes and how they are watched; part of `bot.settings.Settings`."""

from __future__ import annotations

from pydantic_settings import BaseSettings


class EngineSettings(BaseSettings):
    """What can be set about processes and how they are watched."""
