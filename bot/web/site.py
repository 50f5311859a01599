"""The site that the web process serves at PORT: rooms of pages and doors, each by one line.

Slack's deliveries are added by `bot.slack.service`, which knows Slack.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from bot.app import App
from bot.web.api.room import join_api
from bot.web.api.sizes import MostBytes
from bot.web.console.joining import console
from bot.web.health import add_health
from bot.web.plugin_routes import plugin_routes
from bot.web.readable import Readable

MOST_BYTES = 4_000_000
"""Of any request; doors that take less say so themselves."""

Health = Callable[[], dict[str, Any]]
Room = Callable[[FastAPI, App], None]

ROOMS: tuple[Room, ...] = (join_api, console, plugin_routes)
"""What joins the site: each is called once with the site and the open desk."""


def make_site(app: App, health: Health) -> FastAPI:
    """The whole site on an open desk; `health` is what tells how it is."""
    whole = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    whole.add_middleware(Readable)
    whole.add_middleware(MostBytes, most=MOST_BYTES)
    add_health(whole, app, health)
    for join in ROOMS:
        join(whole, app)
    return whole
