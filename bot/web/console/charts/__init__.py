"""Charts: volumes, confidence, overrides, rejections, cost and waiting, by day and specialist."""

from __future__ import annotations

from bot.web.console.charts.pages import router
from bot.web.console.nav import Link
from storage.people.roles import Role

LINKS = (Link("Charts", "/charts", "chart", (Role.REVIEWER, Role.PRIVACY), "Review"),)

__all__ = ["LINKS", "router"]
