"""What can be set about processes and how they are watched; part of `bot.settings.Settings`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class EngineSettings(BaseSettings):
    """What can be set about processes and how they are watched."""

    turns_in_all: int = Field(
        0, ge=0, description="turns that all processes run side by side; 0: each its own number"
    )
    worker_look_seconds: float = Field(
        0.25, gt=0, description="how often a worker looks for what other processes took in"
    )
    worker_lease_seconds: float = Field(
        9.0, ge=1, le=12, description="after how long of silence a process is taken for dead"
    )
    shutdown_seconds: float = Field(
        20.0, ge=0, description="how long running turns may still take when a process is stopped"
    )
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="how to log: text on a terminal and JSON elsewhere, or always one"
    )
    metrics_port: int = Field(
        0, ge=0, description="where worker and clock answer /metrics and /readyz; 0: nowhere"
    )
    metrics_token: SecretStr | None = Field(
        None, description="who has it sees /metrics and why /readyz says no; else this machine"
    )
    ready_checkpoint_seconds: float = Field(
        120.0, gt=0, description="how long entries may wait for a checkpoint in a ready process"
    )
    stuck_seconds: float = Field(
        300.0, gt=0, description="after how long what waits counts as stuck"
    )
