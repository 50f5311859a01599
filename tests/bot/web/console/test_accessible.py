"""Every page of the record in a real browser: accessible, in light and dark, wide and narrow."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from storage.people.roles import Role
from tests.bot.web.browsers import (
    CHROMIUM,
    CONTRAST,
    PHONE,
    chromium,
    listening,
    violations,
    window,
)
from tests.bot.web.consoles import Bench, console_of

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.asyncio(loop_scope="module"),
]


@dataclass
class House:
    """A served console and a browser before it."""

    bench: Bench
    browser: Browser
    address: str
    word: str

    async def pages(self) -> list[str]:
        """All pages of the record, the desk and its people."""
        ticket = self.bench.receipts[0].ticket
        decision = (await self.bench.rows("route:decided"))[0].id
        drafted = (await self.bench.rows("answer:drafted"))[0].id
        return [
            *("/", "/log", "/log?kind=any&below=70", "/log?words=twice", "/log?when=nonsense"),
            *("/tickets", f"/tickets/{ticket}", f"/entries/{decision}", f"/entries/{drafted}"),
            *(f"/entries/{drafted}/raw", f"/artifacts/{self.bench.digest}", "/integrity"),
            *("/keys", "/dictionary", "/access", "/config", "/people", "/me", "/no-such-page"),
        ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with (
        console_of(tmp_path_factory.mktemp("desk")) as bench,
        listening(bench.site) as address,
        chromium() as browser,
    ):
        yield House(bench, browser, address, await bench.word("Olga Brandt", *Role))


async def test_no_page_has_anything_that_axe_objects_to(house: House) -> None:
    page = await window(house.browser, house.address, house.word)
    for path in await house.pages():
        await page.goto(path)
        assert await violations(page) == [], path


async def test_every_page_has_enough_contrast_in_the_dark(house: House) -> None:
    page = await window(house.browser, house.address, house.word)
    await page.emulate_media(color_scheme="dark")
    for path in await house.pages():
        await page.goto(path)
        assert await violations(page, CONTRAST) == [], path


async def test_no_page_is_wider_than_a_phone(house: House) -> None:
    page = await window(house.browser, house.address, house.word, PHONE)
    for path in await house.pages():
        await page.goto(path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, path


async def test_no_page_breaks_its_own_rules_about_scripts_and_styles(house: House) -> None:
    page = await window(house.browser, house.address, house.word)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in (await house.pages())[:-1]:
        await page.goto(path)
    assert said == []


async def test_pages_of_the_door_are_accessible_too(house: House) -> None:
    context = await house.browser.new_context(base_url=house.address)
    page = await context.new_page()
    for path in ("/sign-in", "/sign-in/link/word", "/people"):
        await page.goto(path)
        assert await violations(page) == [], path
        assert await page.get_by_role("heading", name="Sign in").is_visible()
