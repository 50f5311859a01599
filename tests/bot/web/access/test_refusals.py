"""Every route of the console, asked for by people who may not have it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute
from httpx2 import AsyncClient

from bot.web.access.public import is_open
from bot.web.access.visitor import SignedIn
from storage.people.roles import Role, effective
from tests.bot.web.consoles import Bench, console_of, csrf_of, send

FILLED_IN = "1"


def routes(bench: Bench) -> Iterator[tuple[str, str, APIRoute]]:
    """Every route of the console that is not open to all, with something filled in."""
    waiting = list(bench.site.routes)
    while waiting:
        route = waiting.pop()
        waiting += getattr(getattr(route, "original_router", None), "routes", [])
        if isinstance(route, APIRoute) and not is_open(route.path):
            names = dict.fromkeys(route.param_convertors, FILLED_IN)
            for method in sorted(route.methods):
                yield method, route.path_format.format(**names), route


def checks(route: APIRoute) -> list[SignedIn]:
    """The checks of roles that a route has, however deep."""
    waiting, found = list(route.dependant.dependencies), []
    while waiting:
        one = waiting.pop()
        waiting += one.dependencies
        if isinstance(one.call, SignedIn):
            found.append(one.call)
    return found


def too_small(check: SignedIn) -> Role | None:
    """A role that is not enough."""
    for role in (Role.ADMIN, Role.PRIVACY, Role.REVIEWER, Role.LEAD):
        if check.roles and not effective([role]).intersection(check.roles):
            return role
    return None


async def ask(client: AsyncClient, method: str, path: str, **more: Any) -> Any:
    return await client.request(method, path, **more)


async def test_every_route_says_in_its_signature_who_may_have_it(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        known = list(routes(bench))
        assert len(known) > 30
        assert [path for _, path, route in known if not checks(route)] == []


async def test_nobody_gets_anything_from_any_route(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        nobody = await bench.nobody()
        for method, path, _ in routes(bench):
            answer = await ask(nobody, method, path)
            if method == "GET":
                assert answer.status_code == 303, path
                assert answer.headers["location"].startswith("/sign-in?next=%2F")
                assert answer.text == ""
            else:
                assert (answer.status_code, answer.text) == (401, "Please sign in first."), path


async def test_nobody_learns_which_pages_there_are(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        nobody = await bench.nobody()
        known, unknown = await nobody.get("/people"), await nobody.get("/no-such-page")
        assert known.status_code == unknown.status_code == 303
        programs = await bench.nobody()
        programs.headers["accept"] = "*/*"
        assert (await programs.get("/people")).status_code == 401
        assert (await programs.get("/no-such-page")).status_code == 401


async def test_too_small_a_role_gets_nothing_and_it_is_on_record(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        people = {role: await bench.enter(f"only {role}", role) for role in Role}
        tokens = {role: await csrf_of(client) for role, client in people.items()}
        refused = 0
        for method, path, route in routes(bench):
            for check in checks(route):
                role = too_small(check)
                if role is None:
                    continue
                refused += 1
                headers = {"x-csrf-token": tokens[role]}
                answer = await ask(people[role], method, path, headers=headers)
                assert answer.status_code == 403, (path, role)
                assert "This needs the role" in answer.text
        assert refused > 10
        await bench.site.state.access.denials.flush()
        recorded = await bench.entries("auth:denied")
        assert sum(body["count"] for _, body in recorded) == refused
        assert {body["why"] for _, body in recorded} == {"role"}


async def test_admin_alone_reads_no_texts(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        admin = await bench.enter("ada", Role.ADMIN)
        reviewer = await bench.enter("rita", Role.REVIEWER)
        ticket = f"/tickets/{bench.receipts[0].ticket}"
        for path in ("/", "/log?kind=any", ticket):
            assert "charged twice" not in (await admin.get(path)).text, path
        assert "charged twice" in (await reviewer.get(ticket)).text
        looked = await admin.get("/log?words=charged")
        assert "your role does not read" in looked.text.lower()


async def test_admin_alone_sees_no_searches_that_others_share(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        admin = await bench.enter("ada", Role.ADMIN)
        reviewer = await bench.enter("rita", Role.REVIEWER)
        await send(reviewer, "/log/searches", name="About Jane Doe", query="words=x", shared="1")
        assert "About Jane Doe" in (await reviewer.get("/log")).text
        assert "About Jane Doe" not in (await admin.get("/log")).text
