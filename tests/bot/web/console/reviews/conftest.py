"""One desk, one console and one browser for all tests here; each has pages of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.bot.web.browsers import chromium
from tests.bot.web.console.reviews.house import House, opened_house

SIZE = {"width": 1360, "height": 900}

SignIn = Callable[[str], Awaitable[Page]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened_house(tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def sign_in(house: House, browser: Browser) -> AsyncIterator[SignIn]:
    """Give somebody a browser window of their own, signed in; nothing may go wrong on its pages."""
    contexts, wrong = [], []

    async def signed_in(name: str) -> Page:
        context = await browser.new_context(viewport=SIZE, reduced_motion="reduce")  # type: ignore[arg-type]
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        await page.goto(await house.link(name))
        await page.get_by_role("button", name="Sign in").click()
        return page

    yield signed_in
    for context in contexts:
        await context.close()
    assert not wrong
