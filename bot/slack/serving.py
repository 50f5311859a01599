"""Serving Slack as the settings say: one workspace by its token, or all that install the desk."""

from __future__ import annotations

from fastapi import FastAPI

from bot.settings import Settings
from bot.slack.installing import installing
from bot.slack.service import run
from bot.slack.staffroom import staffroom


async def serve_slack(settings: Settings, web: FastAPI | None = None) -> None:
    """Open the desk and serve Slack with everything that people can do, until cancelled.

    Raises:
        SettingsError: a setting is missing or does not work.
        SocketsLost: Slack could not be reached for too long.
    """
    many = None if settings.slack_bot_token else installing(settings, settings.public_url)
    if many is None:
        await run(settings, extensions=[staffroom], web=web)
        return
    site = web or FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    many.add_pages(site)
    await run(settings, installed=many.workspaces, extensions=[many.watch, staffroom], web=site)
