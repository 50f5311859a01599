"""A reviewer at work in a real browser: find a decision half-remembered, and understand it."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from storage.people.roles import Role
from tests.bot.web.browsers import CHROMIUM, chromium, listening, window
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

    async def of(self, name: str, *roles: Role) -> Page:
        """A page of somebody."""
        return await window(self.browser, self.address, await self.bench.word(name, *roles))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with (
        console_of(tmp_path_factory.mktemp("desk")) as bench,
        listening(bench.site) as address,
        chromium() as browser,
    ):
        yield House(bench, browser, address)


async def test_reasons_of_any_decision_are_three_clicks_away(house: House) -> None:
    page = await house.of("rita", Role.REVIEWER)
    await page.goto("/")
    await page.get_by_role("link", name="Tickets", exact=True).first.click()
    await page.get_by_role("link", name=house.bench.receipts[0].ticket).click()
    await page.get_by_role("link", name="Why?").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Why billing answered")
    await expect(page.get_by_text("It is about money.")).to_be_visible()
    await expect(page.get_by_role("img", name="technical 2 %, 3 % needed")).to_be_visible()
    await expect(page.get_by_text("Not chosen: less likely")).to_be_visible()


async def test_latest_decision_is_one_click_away(house: House) -> None:
    page = await house.of("rita", Role.REVIEWER)
    await page.goto("/")
    await page.locator(".feed a").first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Why")


async def test_decision_is_found_by_a_rough_date_and_a_word(house: House, tmp_path: Path) -> None:
    page = await house.of("rita", Role.REVIEWER)
    await page.goto("/log")
    await page.get_by_label("Words that were written").fill("charged twice")
    await page.get_by_label("When, roughly").fill("today")
    await page.get_by_role("button", name="Search").click()
    await expect(page).to_have_url(re.compile(r"words=charged\+twice"))
    await page.screenshot(path=tmp_path / "found.png")
    await page.locator("tr", has_text="Route decided").last.get_by_role("link").first.click()
    await expect(page.get_by_role("heading", name="What was asked")).to_be_visible()
    await expect(page.get_by_role("heading", name="What people saw")).to_be_visible()
    await page.screenshot(path=tmp_path / "why.png", full_page=True)
    searched = [body for _, body in await house.bench.entries("audit:searched")]
    assert "charged" not in str(searched)
    assert searched[-1]["count"] > 0


async def test_draft_stands_beside_what_was_posted_with_every_changed_word(house: House) -> None:
    page = await house.of("rita", Role.REVIEWER)
    await page.goto(f"/entries/{(await house.bench.rows('route:decided'))[-1].id}")
    saw = page.locator("section", has=page.get_by_role("heading", name="What people saw"))
    await expect(saw).to_contain_text("differs from the draft")
    await expect(saw.locator("del")).to_have_text(["in", "a", "week"])
    await expect(saw.locator("ins")).to_have_text(["within", "three", "days"])
    await expect(page.get_by_text("Staff let the draft out")).to_be_visible()


async def test_search_is_kept_and_used_again(house: House) -> None:
    page = await house.of("rita", Role.REVIEWER)
    await page.goto("/log?kind=route:decided&below=70")
    await page.get_by_text("Keep this search").click()
    await page.get_by_label("Name").fill("Unsure ones")
    await page.get_by_role("button", name="Keep", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("is kept")
    await page.goto("/log")
    await page.get_by_role("link", name="Unsure ones").click()
    await expect(page.locator("tbody tr")).to_have_count(1)


async def test_keyboard_alone_reaches_search_and_content(house: House) -> None:
    page = await house.of("rita", Role.REVIEWER)
    await page.goto("/")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type(house.bench.receipts[1].ticket)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Ticket")


async def test_lead_verifies_the_record_and_every_page_says_so(house: House) -> None:
    page = await house.of("lena", Role.LEAD)
    await page.goto("/integrity")
    await page.get_by_role("button", name="Verify everything now").click()
    await expect(page.get_by_role("status")).to_contain_text("unaltered")
    await expect(page.locator(".banner.good")).to_be_visible()
    ((actor, body),) = await house.bench.entries("audit:verified")
    assert actor == f"human:{house.bench.accounts.ref('local', '', 'lena')}"
    assert body["whole"] and body["found"] == 0


async def test_admin_invites_somebody_who_then_comes_in(house: House) -> None:
    page = await house.of("ada", Role.ADMIN)
    await page.goto("/people")
    await page.get_by_label("Name, or slack:TEAM/USER").fill("Noor Haddad")
    await page.get_by_role("checkbox", name="Reviewer").first.check()
    await page.get_by_role("button", name="Invite").click()
    link = await page.locator(".link-once").inner_text()
    stranger = await (await house.browser.new_context()).new_page()
    await stranger.goto(f"{house.address}/sign-in/link/{link.rpartition('/')[2]}")
    await stranger.get_by_role("button", name="Sign in").click()
    await expect(stranger.get_by_role("heading", level=1)).to_contain_text("Noor")
    await expect(stranger.get_by_role("link", name="People and roles")).to_have_count(0)


async def test_light_and_dark_are_chosen_and_kept(house: House) -> None:
    page = await house.of("rita", Role.REVIEWER)
    await page.goto("/")
    await page.get_by_role("button", name="Switch between light and dark").click()
    await page.goto("/log")
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"


async def test_every_page_works_without_scripts(house: House) -> None:
    word = await house.bench.word("rita", Role.REVIEWER)
    context = await house.browser.new_context(java_script_enabled=False, base_url=house.address)
    await context.add_cookies([{"name": "frontdesk_session", "value": word, "url": house.address}])
    page = await context.new_page()
    await page.goto("/log")
    await page.get_by_label("When, roughly").fill("this month")
    await page.get_by_role("button", name="Search").click()
    await expect(page.locator("tbody tr")).to_have_count(3)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in to Frontdesk")).to_be_visible()
