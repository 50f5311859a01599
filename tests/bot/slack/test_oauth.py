"""Many workspaces: installing, renewing tokens, being removed; nothing readable in the database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from fastapi import FastAPI

from bot.app import App as Opened
from bot.sandbox import App, Sandbox
from bot.slack.installing import installing
from bot.slack.manifest import Variant
from bot.slack.messenger import SlackMessenger
from bot.slack.oauth import COOKIE, REFUSED, AppKeys, InstallPages, ManyWorkspaces, app_keys
from bot.slack.service import health_site, serving
from bot.slack.workspaces import web_session
from frontdesk import SettingsError
from storage.database import open_store
from storage.installations import Installations
from storage.secret_box import SecretBox
from storage.store import SqlStore
from tests.bot.slack.desks import BRISK, QUICK, Helper, quick_app, settings_for

# The SDK still makes aiohttp's own BasicAuth for this one method.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

REDIRECT = "https://desk.example/slack/oauth_redirect"


@dataclass
class Time:
    at: datetime = field(default_factory=lambda: datetime(2026, 11, 2, 9, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at


@dataclass
class Installing:
    """The pages and what they keep, against a sandbox that renews tokens."""

    slack: Sandbox
    store: SqlStore
    time: Time
    session: aiohttp.ClientSession
    keys: AppKeys

    def installations(self) -> Installations:
        return Installations(self.store, self.keys.client, self.time)

    def workspaces(self) -> ManyWorkspaces:
        return ManyWorkspaces(self.installations(), self.keys, self.session, self.time)

    def pages(self, workspaces: ManyWorkspaces) -> InstallPages:
        return InstallPages(self.installations(), workspaces, self.keys)

    async def installed(self, team: str | None = None) -> ManyWorkspaces:
        """A workspace went through both pages."""
        workspaces = self.workspaces()
        pages = self.pages(workspaces)
        word = word_of((await pages.install()).headers["Location"])
        code = self.slack.core.tokens.new_code(self.slack.core.workspace(team))
        page = await pages.redirected({"code": code, "state": word}, {COOKIE: word})
        assert page.status == 200
        return workspaces


def word_of(location: str) -> str:
    return parse_qs(urlsplit(location).query)["state"][0]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Installing]:
    store = await asyncio.to_thread(open_store, f"sqlite:///{tmp_path / 'frontdesk.db'}")
    async with Sandbox(app=App(rotates_tokens=True)) as slack, web_session() as session:
        app = slack.core.app
        keys = AppKeys(app.client_id, app.client_secret, slack.api_url, REDIRECT)
        yield Installing(slack, store, Time(), session, keys)
    await store.close()


async def test_two_workspaces_have_tokens_of_their_own(desk: Installing) -> None:
    desk.slack.add_workspace("Globex", team_id="T0GLOBEX0")
    await desk.installed()
    workspaces = await desk.installed("T0GLOBEX0")
    home = desk.slack.workspace.team_id
    assert await workspaces.teams() == tuple(sorted((home, "T0GLOBEX0")))
    for team in (home, "T0GLOBEX0"):
        client = await workspaces.client(team)
        assert client is not None
        assert (await client.auth_test())["team_id"] == team
    me = await workspaces.me(home)
    assert me is not None
    assert me.user == desk.slack.workspace.bot.id


async def test_install_page_asks_for_the_scopes_and_binds_the_browser(desk: Installing) -> None:
    page = await desk.pages(desk.workspaces()).install()
    query = parse_qs(urlsplit(page.headers["Location"]).query)
    assert page.status == 302
    assert "chat:write" in query["scope"][0]
    assert query["redirect_uri"] == [REDIRECT]
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}={query['state'][0]};")
    assert "Secure; HttpOnly; SameSite=Lax" in cookie


async def test_word_is_good_once_in_one_browser_and_for_ten_minutes(desk: Installing) -> None:
    pages = desk.pages(desk.workspaces())

    async def comes_back(word: str, cookie: str) -> int:
        code = desk.slack.core.tokens.new_code(desk.slack.workspace)
        page = await pages.redirected({"code": code, "state": word}, {COOKIE: cookie})
        return page.status

    word = word_of((await pages.install()).headers["Location"])
    assert await comes_back(word, "another browser's") == 400
    assert await comes_back("", "") == 400
    assert await comes_back(word, word) == 200
    assert await comes_back(word, word) == 400
    late = word_of((await pages.install()).headers["Location"])
    desk.time.at += timedelta(minutes=11)
    assert await comes_back(late, late) == 400


async def test_refused_or_failed_installation_keeps_nothing(desk: Installing) -> None:
    workspaces = desk.workspaces()
    pages = desk.pages(workspaces)
    page = await pages.redirected({"error": "access_denied"}, {})
    assert page.text == REFUSED["access_denied"]
    word = word_of((await pages.install()).headers["Location"])
    page = await pages.redirected({"code": "wrong", "state": word}, {COOKIE: word})
    assert page.status == 502
    assert await workspaces.teams() == ()


async def test_installing_again_replaces_the_row(desk: Installing) -> None:
    await desk.installed()
    workspaces = await desk.installed()
    assert len(await workspaces.teams()) == 1


async def test_tokens_cannot_be_read_from_the_database(desk: Installing, tmp_path: Path) -> None:
    workspaces = await desk.installed()
    client = await workspaces.client(desk.slack.workspace.team_id)
    assert client is not None
    data, mode = await asyncio.to_thread(on_disk, tmp_path)
    assert str(client.token).encode() not in data
    assert b"xoxe" not in data
    assert mode & 0o077 == 0


def on_disk(folder: Path) -> tuple[bytes, int]:
    """The bytes of the database, and who may read the key of the tokens."""
    data = b"".join(path.read_bytes() for path in folder.glob("frontdesk.db*") if path.is_file())
    key = next((folder / "frontdesk.keys").glob("*/tokens.key"))
    return data, key.stat().st_mode


async def test_token_is_renewed_before_it_ends_by_one_holder_alone(desk: Installing) -> None:
    await desk.installed()
    team = desk.slack.workspace.team_id
    before = desk.slack.calls("oauth.v2.access")
    desk.time.at += timedelta(hours=11)
    several = [desk.workspaces() for _ in range(8)]
    clients = await asyncio.gather(*(one.client(team) for one in several))
    assert desk.slack.calls("oauth.v2.access") == before + 1
    for client in clients:
        assert client is not None
        assert (await client.auth_test())["ok"]
    later = await desk.workspaces().client(team)
    assert later is not None
    assert (await later.auth_test())["ok"]
    assert desk.slack.calls("oauth.v2.access") == before + 1


async def test_token_that_could_not_be_renewed_is_used_while_it_works(desk: Installing) -> None:
    await desk.installed()
    team = desk.slack.workspace.team_id
    desk.time.at += timedelta(hours=11)
    desk.slack.fault("oauth.v2.access", "error", error="fatal_error")
    workspaces = desk.workspaces()
    old = await workspaces.client(team)
    assert old is not None
    assert (await old.auth_test())["ok"]
    desk.time.at += timedelta(minutes=1)
    new = await desk.workspaces().client(team)
    assert new is not None
    assert new.token != old.token


async def test_uninstall_forgets_the_workspace_and_its_tokens(desk: Installing) -> None:  # Q
    desk.slack.add_workspace("Globex", team_id="T0GLOBEX0")
    await desk.installed()
    workspaces = await desk.installed("T0GLOBEX0")
    await workspaces.removed({"team_id": "T0GLOBEX0", "event": {"type": "app_uninstalled"}})
    assert await workspaces.client("T0GLOBEX0") is None
    assert await workspaces.teams() == (desk.slack.workspace.team_id,)


async def test_revoked_bot_token_forgets_and_a_users_token_does_not(desk: Installing) -> None:  # Q
    workspaces = await desk.installed()
    team = desk.slack.workspace.team_id
    event = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}
    await workspaces.removed({"team_id": team, "event": event})
    assert await workspaces.client(team) is not None
    event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U2"]}}
    await workspaces.removed({"team_id": team, "event": event})
    assert await workspaces.client(team) is None


def test_secret_of_one_place_does_not_open_in_another(tmp_path: Path) -> None:
    box = SecretBox.of(tmp_path)
    sealed = box.seal("installation/a/T1", "token")
    assert SecretBox.of(tmp_path).unseal("installation/a/T1", sealed) == "token"
    with pytest.raises(SettingsError, match="cannot be decrypted"):
        box.unseal("installation/a/T2", sealed)


def test_half_of_the_apps_credentials_is_an_error() -> None:
    with pytest.raises(SettingsError, match="SLACK_CLIENT_SECRET"):
        app_keys("1.2", None, "https://slack.com/api/", "", Variant())


async def test_workspace_installs_by_browser_is_answered_and_is_forgotten_when_it_leaves(
    tmp_path: Path,
) -> None:  # Q
    async with Sandbox(timing=QUICK) as slack:
        app = slack.core.app
        given = {"slack_client_id": app.client_id, "slack_client_secret": app.client_secret}
        settings = settings_for(slack, tmp_path, "http", **given)
        many = installing(settings)
        assert many is not None

        def site(app: Opened, health: Callable[[], dict[str, Any]]) -> FastAPI:
            whole = health_site(app, health)
            many.add_pages(whole)
            return whole

        helper, messenger = Helper(), SlackMessenger()
        async with (
            quick_app(settings, messenger, helper) as made,
            serving(
                made,
                messenger,
                installed=many.workspaces,
                extensions=[many.watch],
                web=site,
                pace=BRISK,
            ) as served,
        ):
            base = f"http://127.0.0.1:{served.port}"
            slack.request_url = f"{base}/slack/events"
            asked = await slack.post("ana", "help", "@frontdesk are you there?")
            await slack.wait_until_settled()
            assert helper.asked == []
            assert await browse(base, slack) == 200
            asked = await slack.post("ana", "help", "@frontdesk are you there?")
            await slack.wait_for(lambda: slack.answers("help", thread=asked.ts))
            await slack.uninstall()
            await slack.wait_until_settled()
            assert await served.desk.workspaces.teams() == ()
        slack.request_url = None


async def browse(base: str, slack: Sandbox) -> int:
    """Go through the installation as a browser does, but for Slack's page of consent."""
    async with aiohttp.ClientSession() as browser:
        async with browser.get(f"{base}/slack/install", allow_redirects=False) as page:
            word, cookie = word_of(page.headers["Location"]), page.headers["Set-Cookie"]
        code = slack.core.tokens.new_code(slack.workspace)
        headers = {"Cookie": cookie.partition(";")[0]}
        query = {"code": code, "state": word}
        async with browser.get(
            f"{base}/slack/oauth_redirect", params=query, headers=headers
        ) as page:
            return page.status
