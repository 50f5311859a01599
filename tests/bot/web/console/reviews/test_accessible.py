"""Every page of the reviewers passes automated accessibility checks, in light and in dark."""

from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]

from router.review_facts import CaseQuery, Judgement
from storage.privacy.facts import Basis
from storage.queries import Queries
from storage.reviews.findings import NewFinding
from storage.reviews.judging import NewOpinion
from storage.reviews.service import Reviews
from tests.bot.web.browsers import CHROMIUM
from tests.bot.web.console.reviews.conftest import SignIn
from tests.bot.web.console.reviews.house import DUE, House, erasures_of

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.asyncio(loop_scope="session"),
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def places(house: House) -> list[str]:
    """Addresses of pages of every kind, with something on each."""
    reviews, erasures = Reviews(house.app.store), erasures_of(house)
    ann, ben = house.people["Ann"], house.people["Ben"]
    open_case = await reviews.open(ann, CaseQuery(), 12)
    for at, judgement in enumerate(Judgement, start=1):
        await reviews.judge(ben, (open_case, at), NewOpinion(judgement, "A few words."))
    ready = await reviews.open(ann, CaseQuery(specialist="billing"), 1)
    await reviews.judge(ann, (ready, 1), NewOpinion(Judgement.CORRECT))
    await reviews.judge(ben, (ready, 1), NewOpinion(Judgement.CORRECT))
    finding = await reviews.open_finding(ann, NewFinding("It is wrong.", "Mend it.", ben, DUE))
    erased = await erasures.file(await erasures.person("slack:U3"), Basis.OBJECTION, f"human:{ann}")
    await erasures.approve(erased, f"human:{ben}")
    held = await erasures.person("slack:U4")
    waiting = await erasures.file(held, Basis.OBJECTION, f"human:{ben}")
    (entry,) = await Queries(house.app.store).entries(kind="reply:approved", limit=1)
    await reviews.annotate(ann, entry.id, "A few words.")
    case = f"/cases/{open_case}"
    return [
        *("/reviews", "/cases", "/cases/new", case, f"{case}/1", f"{case}/4"),
        *(f"/cases/{ready}/sign-off", "/findings", f"/findings/{finding}", "/charts"),
        *(f"/entries/{entry.id}/comments", f"/proofs/{entry.id}", "/proofs", "/exports"),
        *("/subjects", f"/subjects/{held}", "/erasures", f"/erasures/{waiting}"),
        *(f"/erasures/{erased}", "/holds", "/retention"),
    ]


async def test_pages_are_accessible_in_light_and_dark(
    house: House, sign_in: SignIn, places: list[str]
) -> None:
    page, found = await sign_in("Ann"), []
    for place in places:
        await page.emulate_media(color_scheme="light")
        answer = await page.goto(house.url + place)
        assert answer is not None
        assert answer.status == 200, place
        found += told(place, (await Axe().run(page, options=LIGHT)).response)
        await page.emulate_media(color_scheme="dark")
        found += told(f"{place} in dark", await page.evaluate(AGAIN, DARK))

    assert found == []


LIGHT = {"resultTypes": ["violations"]}
DARK = {**LIGHT, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
AGAIN = "options => axe.run(document, options)"


def told(place: str, results: Any) -> list[str]:
    """What axe found on a page, in a line each."""
    return [
        f"{place}: {one['id']}: {node['html'][:200]}"
        for one in results["violations"]
        for node in one["nodes"]
    ]


async def test_pages_fit_a_narrow_screen(house: House, sign_in: SignIn, places: list[str]) -> None:
    page = await sign_in("Ann")
    await page.set_viewport_size({"width": 390, "height": 800})
    wide = []
    for place in places:
        await page.goto(house.url + place)
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(place)

    assert wide == []
