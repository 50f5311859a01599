"""What can be set about plugins; part of `bot.settings.Settings`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from bot.settings.fields import Listed
from router.modes import ModeRule


class PluginSettings(BaseSettings):
    """How far specialists may go, and when one that fails is left alone."""

    modes: Listed = Field(
        (),
        description="off, shadow, draft or auto, separated by commas: billing=auto, "
        "billing@T1=draft, *@T1/C2=shadow",
    )
    new_specialists: Literal["off", "shadow", "draft", "auto"] = Field(
        "draft", description="the mode of specialists of other makers that no mode is set for"
    )
    plugin_faults: int = Field(
        5, ge=1, description="faults in a row after which a specialist rests for a while"
    )
    plugin_rest_seconds: float = Field(
        60.0, gt=0, description="how long it rests before it is tried again"
    )
    plugin_rests: int = Field(
        3, ge=1, description="rests without an answer between them, then it is quarantined"
    )

    @field_validator("modes")
    @classmethod
    def _well_formed(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            ModeRule.parse(text)
        return value
