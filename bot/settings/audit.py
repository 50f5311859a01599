"""What can be set about the audit trail; part of `bot.settings.Settings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from bot.settings.fields import Listed
from storage.privacy.retention import DEFAULT_DAYS, FLOOR_DAYS, days_of


class AuditSettings(BaseSettings):
    """What can be set about the audit trail."""

    retention_days: int = Field(
        DEFAULT_DAYS, ge=FLOOR_DAYS, description="days that texts are kept; entries stay"
    )
    retention: Annotated[dict[str, int], NoDecode] = Field(
        {}, description="other days for classes of texts, such as reviews=2190,notices=184"
    )
    key_backup_days: int = Field(
        30, ge=0, description="days that backups of the key folder are kept: certificates name it"
    )
    exports: Path = Field(
        Path("frontdesk.exports"), description="folder of the exports that the console makes"
    )
    export_days: int = Field(
        7, ge=1, description="days until exports with texts are deleted from that folder"
    )

    verify_nightly: bool = Field(
        True, description="whether the clock verifies the whole audit trail once a day"
    )
    verify_hour: int = Field(
        3, ge=0, le=23, description="hour of the day, in UTC, from which on it does so"
    )

    anchor_seconds: float = Field(
        600.0, gt=0, description="how often the newest checkpoint is kept elsewhere"
    )
    anchor_file: Path | None = Field(
        None, description="file on another disk that checkpoints are added to"
    )
    anchor_git: Path | None = Field(
        None, description="folder of a git repository in which checkpoints are committed"
    )
    anchor_git_push: bool = Field(False, description="whether each of those commits is pushed")
    anchor_channel: str = Field("", description="id of a Slack channel for checkpoints")
    tsa_url: str = Field("", description="time stamp service (RFC 3161) for checkpoints")
    tsa_roots: Path | None = Field(
        None, description="file with the certificates (PEM) that vouch for that service"
    )
    witnesses: Listed = Field(
        (), description="addresses of witnesses that cosign checkpoints, separated by commas"
    )
    witness_keys: Path | None = Field(
        None, description="file with the public keys of those witnesses, one a line"
    )

    @field_validator("retention", mode="before")
    @classmethod
    def _by_class(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = (part.partition("=") for part in value.split(",") if part.strip())
        return {name.strip(): days.strip() for name, _, days in pairs}

    @model_validator(mode="after")
    def _long_enough(self) -> AuditSettings:
        days_of(self.retention_days, self.retention)
        return self
