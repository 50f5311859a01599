"""Whether the desk is well, for whoever watches it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI


def add_health(site: FastAPI, health: Callable[[], dict[str, Any]]) -> None:
    """Answer `/healthz` and `/readyz` with what `health` says."""

    @site.get("/healthz", include_in_schema=False)
    @site.get("/readyz", include_in_schema=False)
    async def answer() -> dict[str, Any]:
        return health()
