"""Serving Slack as the settings say: one workspace by its token, or all that install the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from bot.app import App
from bot.parts import ALL, Parts
from bot.settings import Settings
from bot.settling import settle
from bot.slack.desk import SlackDesk
from bot.slack.installing import installing
from bot.slack.noticeboard import noticeboard
from bot.slack.service import run
from bot.slack.staffroom import staffroom
from bot.web.site import make_site


async def serve_slack(settings: Settings, parts: Parts = ALL) -> None:
    """Open the desk and serve Slack and the site with everything that people can do.

    Or do those `parts` of it, beside other processes. It ends when it is cancelled.

    Raises:
        SettingsError: a setting is missing or does not work.
        SocketsLost: Slack could not be reached for too long.
    """
    many = None if settings.slack_bot_token else installing(settings, settings.public_url)
    if many is None:
        await run(
            settings, extensions=[settled, staffroom, noticeboard], web=make_site, parts=parts
        )
        return

    def site(app: App, health: Callable[[], dict[str, Any]]) -> FastAPI:
        whole = make_site(app, health)
        many.add_pages(whole)
        return whole

    extensions = [settled, many.watch, staffroom, noticeboard]
    await run(settings, installed=many.workspaces, extensions=extensions, web=site, parts=parts)


@asynccontextmanager
async def settled(desk: SlackDesk) -> AsyncIterator[None]:
    """Let the garbage collector know that everything is there."""
    settle()
    yield
