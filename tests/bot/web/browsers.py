"""A console served to a real browser, and the automated check of accessibility."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from axe_playwright_python.async_playwright import Axe
from fastapi import FastAPI
from playwright.async_api import Browser, Page, async_playwright

from bot.web.listening import Listener

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
PATIENCE_MS = 10_000
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


@asynccontextmanager
async def listening(site: FastAPI) -> AsyncIterator[str]:
    """Serve a site on a free port; its address."""
    server = Listener(uvicorn.Config(site, port=0, lifespan="on", log_config=None))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless browser."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        await opened.close()


async def window(browser: Browser, address: str, word: str, size: Any = None) -> Page:
    """A page of somebody who is signed in with this secret word."""
    context = await browser.new_context(viewport=size or DESKTOP, base_url=address)
    cookie: Any = {"name": "frontdesk_session", "value": word, "url": address}
    await context.add_cookies([cookie])
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


async def violations(page: Page, options: dict[str, Any] | None = None) -> list[str]:
    """What axe has against a page: the rule, and where."""
    found = await Axe().run(page, options={"resultTypes": ["violations"], **(options or {})})
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
