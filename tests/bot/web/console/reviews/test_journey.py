"""What reviewers come for, done in a real browser from beginning to end."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from storage.export import verifier
from storage.ledger.verify import verify
from storage.queries import Queries
from storage.reviews.service import Reviews
from tests.bot.web.browsers import CHROMIUM
from tests.bot.web.console.reviews.conftest import SignIn
from tests.bot.web.console.reviews.house import House

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_decision_is_found_by_a_date_and_a_word_and_understood(sign_in: SignIn) -> None:
    """Three clicks from the start page to the reasons."""
    page = await sign_in("Cleo")
    await page.get_by_role("link", name="Explorer").click()
    await page.get_by_label("Words that were written").fill("charged twice")
    await page.get_by_label("When, roughly").fill(f"{datetime.now(UTC):%Y-%m-%d}")
    await page.get_by_label("What happened").select_option("message:received")
    await page.get_by_role("button", name="Search").click()
    found = page.locator("tbody tr").first
    await expect(found).to_contain_text("charged twice")
    await found.locator("a[href^='/tickets/']").click()
    await page.locator("a.why-link").first.click()

    await expect(page.get_by_role("heading", name="Why billing answered")).to_be_visible()
    await expect(page.get_by_text("It is closest to billing's examples.")).to_be_visible()
    await expect(page.get_by_text("Not chosen: billing is likelier").first).to_be_visible()


async def test_sample_of_59_is_drawn_judged_by_keyboard_and_signed(
    house: House, sign_in: SignIn
) -> None:
    ann, ben = await sign_in("Ann"), await sign_in("Ben")
    case = await opened_case(ann)
    for number in range(1, 60):
        await expect(ann.get_by_role("heading", level=1)).to_have_text(f"Item {number} of 59")
        await ann.wait_for_load_state()  # the keys are there with the page's script
        async with ann.expect_navigation():
            await ann.keyboard.press("4" if number == 7 else "1")
    await expect(ann.get_by_text("That was the last one for you here.")).to_be_visible()

    await second_opinions(ben, case)
    await ann.goto(f"{case}/sign-off")
    await expect(ann.locator(".bound")).to_contain_text("7.79 %")
    await ann.get_by_label("What you state").fill("I have read the one that is not in order.")
    await ann.get_by_role("button", name="Sign off").click()
    await expect(ann.get_by_role("heading", name="Signed off")).to_be_visible()
    await expect(ann.get_by_text("I have read the one that is not in order.")).to_be_visible()

    await ann.get_by_role("link", name="Proof", exact=True).click()
    await ann.get_by_role("button", name="Check it in this browser").click()
    await expect(ann.locator(".outcome.good")).to_contain_text("It fits")
    row, _, stands = await Reviews(house.app.store).case(case.rpartition("/")[2], "")
    assert row.state == "signed"
    assert (stands.judged, stands.failures, stands.bound_bp) == (59, 1, 779)
    assert len(stands.reviewers) == 2


async def opened_case(page: Page) -> str:
    """Open a case on a sample of 59 and begin with it; gives its address."""
    await page.get_by_role("link", name="Cases").click()
    await page.get_by_role("link", name="New case").click()
    await page.get_by_label("59 shows a failure").check()
    await page.get_by_role("button", name="Open the case and draw").click()
    await expect(page.get_by_text("drawn again just now: the same items")).to_be_visible()
    case = page.url
    await page.get_by_role("link", name="Begin judging").click()
    return case


async def second_opinions(page: Page, case: str) -> None:
    """Give the second opinions; what the first one was is not shown before."""
    await page.goto(case)
    await page.get_by_role("link", name="Go on judging").click()
    while await page.get_by_role("heading", name="Second opinion").count():
        await expect(page.locator("main")).not_to_contain_text("First opinion")
        await page.get_by_label("Comment, if it needs one").fill("I see it in the same way.")
        async with page.expect_navigation():
            await page.get_by_role("button", name="Correct").click()
    await expect(page.get_by_text("That was the last one for you here.")).to_be_visible()


async def test_finding_is_recorded_and_closed_by_somebody_else(sign_in: SignIn) -> None:
    ann, ben = await sign_in("Ann"), await sign_in("Ben")
    await ann.get_by_role("link", name="Findings").click()
    await ann.get_by_label("What is wrong").fill("Refunds are promised too early.")
    await ann.get_by_label("What is to be done").first.fill("Change the policy.")
    await ann.get_by_label("Owner").select_option("Ann")
    await ann.get_by_role("button", name="Put it on record").click()
    await ann.get_by_role("link", name="Refunds are promised too early.").click()
    await expect(ann.get_by_text("You own this finding.")).to_be_visible()

    await ben.goto(ann.url)
    await ben.get_by_label("How it was put right").fill("The policy says so now.")
    await ben.get_by_role("button", name="Close the finding").click()
    closed = ben.get_by_role("region", name="Closed")
    await expect(closed).to_contain_text("Refunds are promised too early.")


async def test_comment_is_added_beside_an_entry(house: House, sign_in: SignIn) -> None:
    page = await sign_in("Cleo")
    (entry,) = await Queries(house.app.store).entries(kind="route:decided", limit=1)
    await page.goto(f"{house.url}/entries/{entry.id}")
    await page.get_by_role("link", name="Comments").click()
    await page.get_by_label("Comment").fill("This one was hard.")
    await page.get_by_role("button", name="Add it").click()

    await expect(page.locator("blockquote")).to_have_text("This one was hard.")


async def test_person_is_erased_with_a_second_approver(
    house: House, sign_in: SignIn, tmp_path: Path
) -> None:
    ann, ben = await sign_in("Ann"), await sign_in("Ben")
    await ann.get_by_role("link", name="Find a person").click()
    await ann.get_by_label("Person").fill("slack:U1")
    await ann.get_by_role("button", name="Find").click()
    await expect(ann.get_by_role("row", name="what they wrote")).to_be_visible()
    await ann.get_by_role("button", name="Ask for erasure").click()
    await expect(ann.get_by_text("You asked for this.")).to_be_visible()

    await ben.goto(ann.url)
    await ben.get_by_role("button", name="Approve and erase").click()
    await expect(ben.get_by_text("Look at what would go first")).to_be_visible()
    await ben.get_by_label("I have looked at what would go").check()
    await ben.get_by_role("button", name="Approve and erase").click()
    await expect(ben.get_by_role("heading", name="What lies outside of the desk")).to_be_visible()
    async with ben.expect_download() as taken:
        await ben.get_by_role("link", name="As JSON").click()
    await (await taken.value).save_as(tmp_path / "certificate.json")
    assert json.loads((tmp_path / "certificate.json").read_text())["texts"] > 0

    await ann.goto(f"{house.url}/subjects?q=slack:U1")
    await expect(ann.get_by_role("alert")).to_contain_text("Nothing is kept of 'slack:U1'")
    report = verify(house.app.settings.database_url, house.app.settings.keys)
    assert report.ok, report.findings


async def test_hold_keeps_what_it_holds_until_two_release_it(sign_in: SignIn) -> None:
    ann, ben = await sign_in("Ann"), await sign_in("Ben")
    await ann.get_by_role("link", name="Holds").click()
    await ann.get_by_label("Which").fill("slack:U2")
    await ann.get_by_label("Reason").fill("Dispute 114.")
    await ann.get_by_role("button", name="Place it").click()
    await expect(ann.locator("main")).to_contain_text("Dispute 114.")
    await ann.get_by_role("button", name="Ask for its release").click()
    await expect(ann.get_by_text("You asked for the release.")).to_be_visible()

    await ben.get_by_role("link", name="Holds").click()
    await ben.get_by_role("button", name="Agree to the release").click()
    await expect(ben.get_by_text("Nothing is held")).to_be_visible()


async def test_proof_is_downloaded_and_checked_in_the_browser(
    house: House, sign_in: SignIn, tmp_path: Path
) -> None:
    page = await sign_in("Cleo")
    (entry,) = await Queries(house.app.store).entries(kind="reply:approved", limit=1)
    await page.goto(f"{house.url}/proofs/{entry.id}")
    async with page.expect_download() as taken:
        await page.get_by_role("link", name="Download the proof").click()
    file = tmp_path / "one.tlog-proof"
    await (await taken.value).save_as(file)
    key = await page.get_by_label("Public key of the log").input_value()
    assert verifier.check_proof(file.read_text(), key)
    (tmp_path / "key").write_text(key)
    assert verified(file, "--vkey", str(tmp_path / "key"))

    await page.goto(f"{house.url}/proofs")
    await check_file(page, file)
    await expect(page.locator(".outcome")).to_contain_text("It fits")
    await expect(page.locator(".checks")).to_contain_text(
        f"The entry is reply:approved, {entry.id}"
    )


async def test_proof_that_was_tampered_with_does_not_fit(
    house: House, sign_in: SignIn, tmp_path: Path
) -> None:
    page = await sign_in("Cleo")
    (entry,) = await Queries(house.app.store).entries(kind="reply:approved", limit=1)
    answer = await page.request.get(f"{house.url}/proofs/{entry.id}/file")
    proof = await answer.text()
    for part in ("extra", "index", "path", "root", "signature"):
        file = tmp_path / f"{part}.tlog-proof"
        file.write_text(tampered(proof, part))
        await page.goto(f"{house.url}/proofs")
        await check_file(page, file)
        await expect(page.locator(".outcome.bad")).to_be_visible()


async def test_another_key_than_the_desk_tells_is_kept_and_warned_of(
    house: House, sign_in: SignIn
) -> None:
    page = await sign_in("Cleo")
    (entry,) = await Queries(house.app.store).entries(kind="reply:approved", limit=1)
    await page.goto(f"{house.url}/proofs/{entry.id}")
    key = page.get_by_label("Public key of the log")
    told = await key.input_value()
    await key.fill(f"{told[:-4]}AAAA")
    await key.blur()
    await page.reload()

    await expect(page.get_by_text("This is not the key that the desk tells today.")).to_be_visible()
    await page.get_by_role("button", name="Check it in this browser").click()
    await expect(page.locator(".outcome.bad")).to_be_visible()


async def test_export_with_texts_waits_for_a_second_person(
    house: House, sign_in: SignIn, tmp_path: Path
) -> None:
    ann, ben = await sign_in("Ann"), await sign_in("Ben")
    await ann.get_by_role("link", name="Exports").click()
    await ann.get_by_role("radio", name="Evidence pack").check()
    await ann.get_by_label("With texts").check()
    await ann.get_by_role("button", name="Export").click()
    await expect(ann.locator("main .note")).to_contain_text("has to approve it")

    await ben.goto(ann.url)
    await ben.get_by_role("button", name="Approve").click()
    await expect(ben.get_by_text("Only who asked for it can take the file.")).to_be_visible()
    await ann.reload()
    async with ann.expect_download() as taken:
        await ann.get_by_role("link", name="Download").click()
    pack = tmp_path / "pack.zip"
    await (await taken.value).save_as(pack)
    assert verified(pack)


def verified(*arguments: Path | str) -> bool:
    """Whether the standalone verifier is content."""
    command = [sys.executable, verifier.__file__, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


async def check_file(page: Page, file: Path) -> None:
    await page.get_by_label("The proof, a file").set_input_files(file)
    await page.get_by_role("button", name="Check it in this browser").click()


def tampered(proof: str, part: str) -> str:
    """A proof with one thing changed."""
    lines = proof.split("\n")
    blank = lines.index("")
    at = {"extra": 1, "index": 2, "path": 3, "root": blank + 3, "signature": blank + 5}[part]
    if part == "index":
        lines[at] = "index 1"
    else:
        middle = len(lines[at]) - 20
        swapped = "A" if lines[at][middle] != "A" else "B"
        lines[at] = lines[at][:middle] + swapped + lines[at][middle + 1 :]
    return "\n".join(lines)
