"""What can be set about the audit trail; part of `bot.settings.Settings`."""

from __future__ import annotations

from pydantic_settings import BaseSettings


class AuditSettings(BaseSettings):
    """What can be set about the audit trail."""
