"""The sandbox's page in a real browser, before the real desk: what people see, from ask to answer.

One desk, one workspace and one browser serve all tests; each asks something of its own. Billing's
replies wait for staff here, those of the other specialists do not.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.app import open_app
from bot.sandbox import Sandbox, Timing
from bot.slack.messenger import SlackMessenger
from bot.slack.service import serving
from bot.slack.staffroom import staffroom
from tests.bot.slack.desks import ALERT, BRISK, connected, settings_for
from tests.bot.web.browsers import CHROMIUM, chromium

SIZE = {"width": 1360, "height": 860}
PATIENCE_MS = 20_000

CRASH = "The desktop app crashes at start-up on Windows, how do I get it going again?"
SIGN_IN = "I forgot my password and the reset link does not arrive, what can I do?"
BY_PRODUCT_OR_STAFF = re.compile("Product questions, because|For a person, because")
REFUND = "I was charged twice this month, how do I get the second charge back?"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.asyncio(loop_scope="module"),
]

expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Window:
    """A page on which somebody looks at a channel."""

    page: Page
    shots: Path

    @property
    def posts(self) -> Locator:
        """What stands in the channel."""
        return self.page.locator("#messages article")

    @property
    def thread(self) -> Locator:
        """What stands in the open thread."""
        return self.page.locator("#thread-messages article")

    @property
    def status(self) -> Locator:
        """That the desk is at work."""
        return self.page.locator("#thread-messages .status")

    async def ask(self, text: str) -> None:
        """Write to the desk in the channel and open the thread of it."""
        await self.page.get_by_label("Message", exact=True).fill(f"@frontdesk {text}")
        await self.page.keyboard.press("Enter")
        post = self.posts.filter(has_text=text).last
        await post.hover()
        await post.get_by_role("button", name="Reply in thread").click()

    async def write(self, text: str) -> None:
        """Write in the open thread."""
        await self.page.get_by_label("Reply", exact=True).fill(text)
        await self.page.keyboard.press("Enter")

    async def open_thread(self, text: str) -> None:
        """Open the thread of a message in the channel."""
        post = self.posts.filter(has_text=text).last
        await post.locator(".thread-link").click()

    async def shot(self, name: str) -> None:
        """Keep a picture of it."""
        await self.page.screenshot(path=self.shots / f"{name}.png")


class Windows:
    """Opens windows in one browser."""

    def __init__(self, browser: Browser, slack: Sandbox, shots: Path) -> None:
        self._browser, self._slack, self._shots = browser, slack, shots
        self._open: list[Page] = []

    async def of(self, person: str, channel: str) -> Window:
        """A window in which somebody looks at a channel."""
        page = await self._browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        self._open.append(page)
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(f"{self._slack.base_url}/#user={person}&channel={channel}")
        return Window(page, self._shots)

    async def close(self) -> None:
        """Close all of them."""
        for page in self._open:
            await page.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> AsyncIterator[Sandbox]:
    """A workspace, and the real desk in it."""
    folder, messenger = tmp_path_factory.mktemp("desk"), SlackMessenger()
    async with Sandbox(timing=Timing()) as slack:
        settings = settings_for(slack, folder, "socket", cache=cache, draft=("billing",))
        async with (
            open_app(settings, messenger) as app,
            serving(app, messenger, extensions=[staffroom], pace=BRISK, watch=ALERT) as desk,
        ):
            await connected(slack, desk, "socket")
            yield slack


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def windows(served: Sandbox, browser: Browser, tmp_path: Path) -> AsyncIterator[Windows]:
    opened = Windows(browser, served, tmp_path)
    yield opened
    await opened.close()


async def test_status_and_then_an_answer_with_its_sources_are_seen(
    served: Sandbox, windows: Windows
) -> None:
    ana = await windows.of("ana", "help")
    held = served.fault("chat.postMessage", "delay", seconds=2.0)
    await ana.ask(CRASH)
    await expect(ana.status).to_be_visible()
    await ana.shot("1-status")
    answer = ana.thread.last
    await expect(answer).to_contain_text("Sources:")
    await expect(answer).to_contain_text("Technical support, because")
    await expect(ana.status).to_have_count(0)
    await ana.shot("2-answer")
    assert held.times == 0


async def test_wrong_team_sends_the_question_to_another_specialist(windows: Windows) -> None:
    ana = await windows.of("ana", "help")
    await ana.ask(SIGN_IN)
    answer = ana.thread.filter(has_text="Sources:").last
    await answer.get_by_role("button", name="Wrong team").click()
    form = ana.page.get_by_role("dialog")
    await form.locator("select").select_option("product")
    await ana.shot("3-wrong-team")
    await form.get_by_role("button", name="Send").click()
    await expect(form).to_be_hidden()
    await expect(ana.thread.filter(has_text="has sent this to Product questions")).to_be_visible()
    await expect(ana.thread.last).to_contain_text(BY_PRODUCT_OR_STAFF)
    await expect(ana.status).to_have_count(0)
    await ana.shot("4-sent-on")


async def test_person_takes_over_writes_and_hands_back(windows: Windows) -> None:
    ben, sam = await windows.of("ben", "help"), await windows.of("sam", "triage")
    asked = "My laptop is on fire, I want to talk to a person please"
    await ben.ask(asked)
    await expect(ben.thread.last).to_contain_text("staff")
    await ben.shot("5-asked-for-a-person")
    card = sam.posts.filter(has_text=asked)
    await expect(card).to_contain_text("Why a person:")
    await sam.shot("6-card")
    await card.get_by_role("button", name="Take over").click()
    await expect(card).to_contain_text("With a person")
    await sam.shot("7-taken-over")
    helping = await windows.of("sam", "help")
    await helping.open_thread(asked)
    await helping.write("Leave the building first. I am calling somebody.")
    await expect(ben.thread.last).to_contain_text("Leave the building first.")
    await ben.shot("8-a-person-wrote")
    await card.get_by_role("button", name="Hand back").click()
    await expect(card).to_contain_text("Back with the desk")
    await expect(ben.thread.last).to_contain_text("handed this back")
    await ben.shot("9-handed-back")


async def test_approved_draft_appears_for_whoever_asked(windows: Windows) -> None:
    ana, sam = await windows.of("ana", "help"), await windows.of("sam", "triage")
    await ana.ask(REFUND)
    card = sam.posts.filter(has_text=REFUND)
    await expect(card).to_contain_text("Draft to approve")
    await sam.shot("10-draft")
    await expect(ana.thread.filter(has_text="Sources:")).to_have_count(0)
    await ana.shot("11-waiting")
    await card.get_by_role("button", name="Approve").click()
    await expect(card).to_contain_text("Draft approved")
    await expect(ana.thread.last).to_contain_text("Billing, because")
    await ana.shot("12-approved")
    await sam.shot("13-card-approved")
