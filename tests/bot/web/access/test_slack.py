"""Signing in with Slack, against a local Slack that speaks OpenID Connect."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from httpx2 import AsyncClient, Response

from bot.sandbox import Sandbox, Timing
from storage.people.accounts import OPERATOR, SLACK
from storage.people.roles import Role
from tests.bot.web.consoles import BASE, Bench, console_of


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Bench, Sandbox]]:
    async with Sandbox(timing=Timing()) as slack:
        app = slack.core.app
        given = {"slack_client_id": app.client_id, "slack_client_secret": app.client_secret}
        async with console_of(folder, slack_api_url=slack.api_url, **given) as bench:
            yield bench, slack


async def let_in(bench: Bench, slack: Sandbox, name: str) -> str:
    user = slack.workspace.user(name)
    ref = bench.accounts.ref(SLACK, slack.workspace.team_id, user.id)
    await bench.accounts.grant(ref, SLACK, user.id, [Role.REVIEWER], by=OPERATOR)
    return ref


async def chosen(client: AsyncClient, name: str) -> str:
    """Begin at the desk, say at Slack who one is, and give the address that leads back."""
    to_slack = (await client.get("/sign-in/slack?next=/tickets")).headers["location"]
    async with AsyncClient() as browser:
        page = await browser.get(to_slack)
        assert "Who are you?" in page.text
        back = await browser.get(f"{to_slack}&user={name}")
    return str(back.headers["location"])


async def come_back(client: AsyncClient, address: str) -> Response:
    parts = urlsplit(address)
    return await client.get(f"{parts.path}?{parts.query}")


async def test_somebody_with_a_role_comes_in_and_goes_where_they_wanted(tmp_path: Path) -> None:
    async with served(tmp_path) as (bench, slack):
        ref = await let_in(bench, slack, "sam")
        nobody = await bench.nobody()
        assert "Sign in with Slack" in (await nobody.get("/sign-in")).text
        address = await chosen(nobody, "sam")
        assert address.startswith(f"{BASE}/sign-in/slack/back?code=")
        answer = await come_back(nobody, address)
        assert (answer.status_code, answer.headers["location"]) == (303, "/tickets")
        assert (await nobody.get("/tickets")).status_code == 200
        ((actor, body),) = await bench.entries("auth:signed-in")
        assert (actor, body["way"]) == (f"human:{ref}", "slack")


async def test_somebody_of_the_workspace_without_a_role_stays_outside(tmp_path: Path) -> None:
    async with served(tmp_path) as (bench, slack):
        nobody = await bench.nobody()
        answer = await come_back(nobody, await chosen(nobody, "ana"))
        assert answer.status_code == 403
        team, user = slack.workspace.team_id, slack.workspace.user("ana").id
        assert f"slack:{team}/{user}" in answer.text
        assert (await nobody.get("/")).status_code == 303
        denied = await bench.entries("auth:denied")
        assert denied[0][1]["why"] == "unknown_person"


async def test_answer_of_slack_counts_only_in_the_browser_that_asked(tmp_path: Path) -> None:
    async with served(tmp_path) as (bench, slack):
        await let_in(bench, slack, "sam")
        begun = await chosen(await bench.nobody(), "sam")
        answer = await come_back(await bench.nobody(), begun)
        assert answer.status_code == 403
        assert "Begin again" in answer.text


async def test_code_counts_once(tmp_path: Path) -> None:
    async with served(tmp_path) as (bench, slack):
        await let_in(bench, slack, "sam")
        nobody = await bench.nobody()
        address = await chosen(nobody, "sam")
        assert (await come_back(nobody, address)).status_code == 303
        assert (await come_back(nobody, address)).status_code == 403


async def test_identity_of_another_issuer_is_not_believed(tmp_path: Path) -> None:
    async with served(tmp_path) as (bench, slack):
        await let_in(bench, slack, "sam")
        nobody = await bench.nobody()
        address = await chosen(nobody, "sam")
        slack.core.base_url = "https://elsewhere.example"
        assert (await come_back(nobody, address)).status_code == 403
        assert (await nobody.get("/")).status_code == 303


async def test_desk_without_the_secret_of_an_app_offers_no_slack(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        nobody = await bench.nobody()
        assert "Sign in with Slack" not in (await nobody.get("/sign-in")).text
        assert (await nobody.get("/sign-in/slack")).status_code == 404
