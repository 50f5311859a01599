"""Who may not, gets nothing: by role, without a token of ours, without signing in."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2 as httpx
import pytest
from sqlalchemy import update

from router.review_facts import CaseQuery, Judgement
from storage.export.runs import Exports, Form
from storage.privacy.tables import EXPORT_RUN, ExportState
from storage.queries import Queries
from storage.reviews.judging import NewOpinion
from storage.reviews.service import Reviews
from storage.search.filters import Filter
from tests.bot.web.console.reviews.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")

REVIEWS = ("/reviews", "/cases", "/cases/new", "/findings", "/charts")
PRIVACY = ("/subjects", "/erasures", "/holds", "/retention", f"/subjects/{'0' * 32}")
OTHERS = ("/exports", "/proofs", "/cases/R-1", "/cases/R-1/1", "/cases/R-1/sign-off")
CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')


@asynccontextmanager
async def as_(house: House, name: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client that this person signed in with."""
    async with httpx.AsyncClient(base_url=house.url) as client:
        word = (await house.link(name)).rpartition("/")[2]
        answer = await client.post("/sign-in/link", data={"word": word})
        assert answer.status_code == 303
        yield client


async def token(client: httpx.AsyncClient) -> dict[str, str]:
    found = CSRF.search((await client.get("/me")).text)
    assert found is not None
    return {"csrf": found[1]}


@pytest.mark.parametrize("place", [*REVIEWS, *PRIVACY, *OTHERS])
async def test_outsider_gets_nothing_not_even_a_count(place: str, house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as outside:
        answer = await outside.get(place)

    assert answer.status_code == 401
    assert answer.text == "Please sign in first."


@pytest.mark.parametrize(
    ("name", "places"),
    [("Cleo", PRIVACY), ("Cleo", ("/exports",)), ("Dan", (*REVIEWS, *PRIVACY, "/exports"))],
)
async def test_pages_are_for_their_roles(name: str, places: tuple[str, ...], house: House) -> None:
    async with as_(house, name) as client:
        answers = [(await client.get(place)).status_code for place in places]

    assert answers == [403] * len(places)


async def test_reviewer_cannot_sign_off_and_the_refusal_is_on_record(house: House) -> None:
    reviews = Reviews(house.app.store)
    case = await reviews.open(house.people["Cleo"], CaseQuery(), 1)
    await reviews.judge(house.people["Cleo"], (case, 1), NewOpinion(Judgement.CORRECT))
    await reviews.judge(house.people["Ben"], (case, 1), NewOpinion(Judgement.CORRECT))
    async with as_(house, "Cleo") as client:
        form = {**await token(client), "statement": "I sign this off."}
        answer = await client.post(f"/cases/{case}/sign-off", data=form)

    assert answer.status_code == 403
    assert (await reviews.case(case, ""))[0].state == "drawn"
    denied = await Queries(house.app.store).entries(kind="auth:denied", limit=5)
    assert f"human:{house.people['Cleo']}" in {one.actor for one in denied}


async def test_second_verdict_of_the_same_reviewer_is_refused_in_words(house: House) -> None:
    reviews = Reviews(house.app.store)
    case = await reviews.open(house.people["Ann"], CaseQuery(), 1)
    await reviews.judge(house.people["Ann"], (case, 1), NewOpinion(Judgement.CORRECT))
    async with as_(house, "Ann") as client:
        form = {**await token(client), "judgement": "privacy"}
        answer = await client.post(f"/cases/{case}/1", data=form)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case}/1")


@pytest.mark.parametrize("made_up", [{"owner": "Jane Doe"}, {"case": "Jane Doe"}])
async def test_finding_puts_nothing_made_up_into_an_entry(
    made_up: dict[str, str], house: House
) -> None:
    good = {"what": "x", "owner": house.people["Ben"], "due": "2026-12-01"}
    async with as_(house, "Ann") as client:
        await client.post("/findings", data={**await token(client), **good, **made_up})
        told = (await client.get("/findings")).text

    assert "Jane Doe" not in told
    assert await Queries(house.app.store).entries(kind="finding:opened") == ()


@pytest.mark.parametrize(
    "place",
    ["/cases", "/findings", "/holds", "/exports", "/cases/R-1/1", "/erasures/E-1/approve"],
)
async def test_nothing_is_done_without_a_token_of_ours(place: str, house: House) -> None:
    form = {"wanted": "5", "what": "x", "judgement": "correct", "form": "csv", "sure": "1"}
    more = {"owner": "x", "due": "2026-12-01", "kind": "person", "name": "x", "reason": "x"}
    async with as_(house, "Ann") as client:
        answer = await client.post(place, data={**form, **more})

    assert answer.status_code == 403


async def test_nobody_approves_what_they_asked_for_themselves(house: House) -> None:
    exports, ann = Exports(house.app.store), f"human:{house.people['Ann']}"
    name = await exports.ask(Form.JSONL, Filter(), ann, with_texts=True)
    async with as_(house, "Ann") as client:
        await client.post(f"/exports/{name}/approve", data=await token(client))
        told = (await client.get(f"/exports/{name}")).text

    assert "somebody else" in told
    assert (await exports.all())[0].state == "asked"


@pytest.mark.parametrize(
    ("state", "said"),
    [(ExportState.EXPIRED, "expired"), (ExportState.DELETED, "was erased")],
)
async def test_export_whose_file_is_gone_says_why(
    state: ExportState, said: str, house: House
) -> None:
    exports, ann = Exports(house.app.store), f"human:{house.people['Ann']}"
    name = await exports.ask(Form.JSONL, Filter(), ann, with_texts=True)
    change = update(EXPORT_RUN).where(EXPORT_RUN.c.id == name).values(state=state)
    await house.app.store.write(lambda db, _: db.execute(change))
    async with as_(house, "Ann") as client:
        page = (await client.get(f"/exports/{name}")).text
        listed = (await client.get("/exports")).text
        taken = await client.get(f"/exports/{name}/file")

    assert said in page
    assert state.value in listed
    assert taken.status_code == 404


async def test_file_of_an_export_is_for_who_asked_for_it(house: House) -> None:
    exports, ben = Exports(house.app.store), f"human:{house.people['Ben']}"
    name = await exports.ask(Form.CSV, Filter(), ben)
    async with as_(house, "Ann") as client:
        answer = await client.get(f"/exports/{name}/file")

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "place", ["/cases/R-NONE", "/findings/F-NONE", "/erasures/E-NONE", "/exports/X-NONE"]
)
async def test_what_is_not_there_is_said_in_plain_words(place: str, house: House) -> None:
    async with as_(house, "Ann") as client:
        answer = await client.get(place)

    assert answer.status_code == 404
    assert "There is no such" in answer.text


async def test_texts_of_a_sealed_opinion_are_not_shown_to_others(house: House) -> None:
    reviews = Reviews(house.app.store)
    case = await reviews.open(house.people["Ann"], CaseQuery(), 2)
    opinion = NewOpinion(Judgement.PRIVACY, "A secret opinion.")
    entry = await reviews.judge(house.people["Ann"], (case, 2), opinion)
    pages = (f"/entries/{entry}", "/log?kind=review:judged", f"/cases/{case}/2")
    async with as_(house, "Ben") as client:
        told = "".join([(await client.get(place)).text for place in pages])
    async with as_(house, "Ann") as client:
        own = (await client.get(f"/entries/{entry}")).text

    assert "A secret opinion." not in told
    assert "privacy</strong>" not in told
    assert "A secret opinion." in own
