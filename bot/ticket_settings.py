"""What can be set about tickets: clocks, the API, satisfaction; part of `bot.settings.Settings`."""

from __future__ import annotations

from pydantic_settings import BaseSettings


class TicketSettings(BaseSettings):
    """What can be set about tickets: clocks, the API, satisfaction."""
