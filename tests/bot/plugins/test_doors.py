"""Doors of plugins on a real desk: granted, at work with a real service, and behind a wall."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI

from bot.app import App, open_app
from bot.messengers import RecordOnly
from bot.plugins.doors import Door, DoorKind, made
from bot.plugins.fetching import Fetching
from bot.plugins.observing import Observing
from bot.plugins.office import PluginOffice
from bot.plugins.registry import Reason, Rejected
from bot.settings import Settings
from bot.web.plugin_routes import plugin_routes
from frontdesk import Finding, Route, WebReply
from router.records import OutcomeKind, PluginRef
from router.validate import Draft, Validator
from router.validate.added import added
from storage.follow import Followers
from storage.overview.artifacts import content
from storage.queries import Queries
from tests.bot.resolving import digests
from tests.people import Person

EXAMPLE = Path(__file__).parents[3] / "examples" / "acme-watch"
TOKEN = "-".join(("open", "sesame"))
ASKS = "I was charged twice this month, how do I get the second charge back?"
REF = PluginRef("x", "tests", "1", "0" * 64)


@pytest.fixture(scope="module", autouse=True)
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    spec = importlib.util.spec_from_file_location("acme_collector", EXAMPLE / "collector.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server = module.serve(0, tmp_path_factory.mktemp("collector") / "collected.jsonl")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACME_WATCH_TOKEN", TOKEN)
        patch.setenv("FRONTDESK_SECRET_ACME_WATCH_TOKEN", TOKEN)
        patch.setenv("ACME_WATCH_URL", f"http://localhost:{server.server_port}")
        yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
async def app(tmp_path: Path, cache: Path, collector: Any) -> AsyncIterator[App]:
    collector.entries.clear()
    collector.pages.clear()
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'frontdesk.db'}",
        cache=cache,
        plugin_sources=(EXAMPLE,),
        plugin_private_hosts=("localhost",),
    )
    async with open_app(settings, RecordOnly()) as opened:
        yield opened


async def granted(app: App, name: str) -> None:
    door = app.thinking.registry.doors[name]
    await PluginOffice(app.store).grant(door.manifest, door.plugin)


@asynccontextmanager
async def site(app: App) -> AsyncIterator[httpx.AsyncClient]:
    whole = FastAPI()
    plugin_routes(whole, app)
    transport = httpx.ASGITransport(whole)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        yield client


def test_every_door_of_the_example_is_found() -> None:
    from bot.plugins.loader import load_plugins  # noqa: PLC0415 - it imports the example

    doors = load_plugins(sources=(EXAMPLE,)).doors
    assert {name: door.kind.value for name, door in doors.items()} == {
        "acme-rivals": "check",
        "acme-siem": "observer",
        "acme-pager": "observer",
        "acme-status": "route",
        "acme-count": "command",
        "acme-changes": "source",
    }


async def test_observer_gets_nothing_until_it_is_granted(app: App, collector: Any) -> None:
    await Person("ana", app).says(ASKS)
    await app.store.sequence()
    await Observing(app).tick()
    assert not collector.entries
    await granted(app, "acme-siem")
    await app.store.sequence()
    await Observing(app).tick()
    kinds = [entry["kind"] for entry in collector.entries.values()]
    assert {"desk:started", "message:received", "reply:approved", "plugin:granted"} <= set(kinds)
    indexes = [entry["index"] for entry in collector.entries.values()]
    assert indexes == list(range(len(indexes)))


async def test_what_an_observer_did_not_take_comes_again(app: App, collector: Any) -> None:
    await Person("ana", app).says(ASKS)
    await granted(app, "acme-siem")
    await app.store.sequence()
    collector.refuse = 1
    await Observing(app).tick()
    assert not collector.entries
    (_, faults, fault) = (await Followers(app.store).standing())["acme-siem"]
    assert (faults, fault) == (1, "raised HttpFailed")
    failed = [row for row in await Queries(app.store).entries() if row.kind == "observer:failed"]
    assert len(failed) == 1

    await Observing(app).tick()  # it rests
    assert not collector.entries
    await Followers(app.store).taken("acme-siem", 0)
    await Observing(app).tick()
    assert collector.entries


async def test_ticket_events_page_once_a_person_is_needed(app: App, collector: Any) -> None:
    await granted(app, "acme-pager")
    await Person("ana", app).says("I want to talk to a human")
    await app.store.sequence()
    await Observing(app).tick()
    assert len(collector.pages) == 1


async def test_source_brings_articles_that_are_quoted(app: App, collector: Any) -> None:
    question = "In which version did dark mode come, and how do I turn it on?"
    before = app.desk.specialists.installed["product"].knowledge
    await Fetching(app).tick()
    assert app.desk.specialists.installed["product"].knowledge is before
    await granted(app, "acme-changes")
    await Fetching(app).tick()
    knowledge = app.desk.specialists.installed["product"].knowledge
    assert knowledge
    (best, *_) = await knowledge.search(question, 1)
    assert (best.title, best.source) == ("Dark mode", "https://acme.example/changes/dark-mode")
    (renewed,) = [
        row for row in await Queries(app.store).entries() if row.kind == "knowledge:renewed"
    ]
    assert renewed.specialist == "product"
    found, missing = await digests(app.store)
    assert missing == set()
    grant = app.thinking.registry.doors["acme-changes"].manifest.digest
    assert {knowledge.index.digest, grant} <= set(found)
    for door in app.thinking.registry.doors.values():
        assert await content(app.store, door.plugin.digest) is not None


async def test_route_answers_only_while_it_is_granted(app: App, collector: Any) -> None:
    async with site(app) as client:
        assert (await client.get("/plugins/acme-status")).status_code == 404
        await granted(app, "acme-status")
        shown = await client.get("/plugins/acme-status/")
        assert (shown.status_code, shown.text) == (200, "The collector has 0 entries.\n")
        assert "sandbox" in shown.headers["content-security-policy"]
        assert (await client.post("/plugins/acme-status")).status_code == 405
        assert (await client.get("/plugins/acme-siem")).status_code == 404


async def test_route_that_fails_says_nothing_of_it(app: App) -> None:
    async def breaks(request: object, context: object) -> WebReply:
        raise RuntimeError("a secret detail")

    door = made(DoorKind.ROUTE, Route("broken", breaks), REF, "x")  # type: ignore[arg-type]
    app.thinking.registry.doors["broken"] = door  # type: ignore[index]
    await granted(app, "broken")
    async with site(app) as client:
        failed = await client.get("/plugins/broken", headers={"cookie": "session=1"})
        assert failed.status_code == 500
        assert "secret" not in failed.text


async def test_added_check_can_only_add_a_no(app: App) -> None:
    class Never:
        name = "never"
        version = 1

        def check(self, draft: object) -> list[Finding]:
            return [Finding("no", "Not this.")]

    plain = app.thinking.validator
    (no,) = (await Validator((added(Never()),)).judge(Draft("reply", "x"))).objections
    assert (no.code, no.message) == ("plugin.never.no", "Not this.")
    assert any(check.id == "plugin:acme-rivals" for check in plain.checks)
    judged = await plain.judge(Draft("reply", "Use Globex instead.", specialist="billing"))
    assert "plugin.acme-rivals.rival" in {objection.code for objection in judged.objections}
    assert len(judged.objections) > 1  # the desk's own checks said no as well


@pytest.mark.parametrize("gives", [None, "text", [1], 7])
async def test_added_check_that_gives_junk_is_a_no(gives: Any) -> None:
    class Junk:
        name = "junk"
        version = 1

        def check(self, draft: object) -> Any:
            return gives

    verdict = await Validator((added(Junk()),)).judge(Draft("reply", "x"))
    assert [objection.code for objection in verdict.objections] == ["check.raised"]


async def test_a_reply_goes_out_past_the_added_check_as_before(app: App) -> None:
    outcome = await Person("ana", app).says(ASKS)
    assert outcome.kind is OutcomeKind.REPLIED
    view = await Queries(app.store).ticket(outcome.ticket)
    (approved,) = [e for e in view.entries if e.row.kind == "reply:approved"]
    assert "plugin:acme-rivals" in json.dumps(approved.leaf["body"])


@pytest.mark.parametrize(
    ("kind", "offered", "why"),
    [
        (DoorKind.CHECK, object(), "is no name"),
        (DoorKind.OBSERVER, type("O", (), {"name": "ok-name"})(), "observe must be an `async`"),
        (DoorKind.ROUTE, Route("ok", lambda r, c: None, ("FETCH",)), "`methods` may be"),  # type: ignore[arg-type,return-value]
    ],
)
def test_bad_door_is_refused_with_what_is_wrong(kind: DoorKind, offered: Any, why: str) -> None:
    with pytest.raises(Rejected, match=why) as refused:
        made(kind, offered, REF, "x")
    assert refused.value.reason is Reason.BAD_DOOR


def test_checks_and_commands_need_no_grant_and_the_rest_does() -> None:
    from bot.plugins.loader import load_plugins  # noqa: PLC0415 - it imports the example

    doors: dict[str, Door] = dict(load_plugins(sources=(EXAMPLE,)).doors)
    free = {name for name, door in doors.items() if not door.manifest.needs_grant}
    assert free == {"acme-rivals", "acme-count"}
