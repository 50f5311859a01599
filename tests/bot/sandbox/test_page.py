"""The page in a real browser: what people write stays text, and modals can be filled in."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.sandbox import Sandbox
from tests.bot.sandbox.apps import bolt, over_socket

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture
async def page(slack: Sandbox) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = await browser.new_page()
        opened.set_default_timeout(5_000)
        await opened.goto(slack.base_url)
        yield opened
        await browser.close()


async def test_markup_in_a_message_stays_text(slack: Sandbox, page: Page) -> None:
    nasty = '<img src=x onerror="document.title=1"> *bold* <https://a.example|label>'
    await slack.post("ana", "help", nasty.replace("<https", "&lt;https"), raw=True)
    posted = page.locator("#messages .content").last
    await expect(posted).to_contain_text('<img src=x onerror="document.title=1">')
    await expect(posted.locator("strong")).to_have_text("bold")
    assert await posted.locator("img, a").count() == 0


async def test_person_writes_and_reads_the_answer_in_a_thread(slack: Sandbox, page: Page) -> None:
    app = bolt(slack)

    @app.event("app_mention")
    async def answer(event, client) -> None:  # type: ignore[no-untyped-def]
        await client.chat_postMessage(
            channel=event["channel"], thread_ts=event["ts"], text="*Here* you are."
        )

    async with over_socket(app, slack):
        await page.get_by_label("Message", exact=True).fill("@frontdesk hello")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="1 reply").click()
        await expect(page.locator("#thread-messages .content").last).to_have_text("Here you are.")


async def test_modal_shows_its_errors_and_closes(slack: Sandbox, page: Page) -> None:
    app = bolt(slack)
    field = {
        "type": "input",
        "block_id": "subject",
        "label": {"type": "plain_text", "text": "Subject"},
        "element": {"type": "plain_text_input", "action_id": "value"},
    }
    view = {
        "type": "modal",
        "callback_id": "ticket",
        "title": {"type": "plain_text", "text": "New ticket"},
        "submit": {"type": "plain_text", "text": "Create"},
        "blocks": [field],
    }

    @app.command("/desk")
    async def command(ack, body, client) -> None:  # type: ignore[no-untyped-def]
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("ticket")
    async def submit(ack, view) -> None:  # type: ignore[no-untyped-def]
        short = len(view["state"]["values"]["subject"]["value"]["value"]) < 4
        await (ack(response_action="errors", errors={"subject": "Say more."}) if short else ack())

    async with over_socket(app, slack):
        await page.get_by_label("Message", exact=True).fill("/desk new")
        await page.keyboard.press("Enter")
        await page.get_by_label("Subject").fill("abc")
        await page.get_by_role("button", name="Create").click()
        await expect(page.get_by_role("alert")).to_have_text("Say more.")
        await page.get_by_label("Subject").fill("A broken invoice")
        await page.get_by_role("button", name="Create").click()
        await expect(page.get_by_role("dialog")).to_be_hidden()
