"""Characters that no text has: every page and door says so in words, on PostgreSQL as well."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Mount

from bot.web.characters import is_text
from bot.web.site import make_site
from router.door_facts import Scope
from storage.doors.tokens import Tokens
from storage.people.accounts import LOCAL, OPERATOR, Accounts
from storage.people.roles import Role
from tests.bot.web.console.reviews.house import House, opened_house
from tests.databases import Database

CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
BAD = "a%00b"


@asynccontextmanager
async def entered(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who may see everything, with a token for the API besides."""
    accounts = Accounts(house.app.store)
    ref = accounts.ref(LOCAL, "", "Eve")
    await accounts.grant(ref, LOCAL, "Eve", tuple(Role), by=OPERATOR)
    word = await accounts.new_link(ref, by=OPERATOR)
    made = await Tokens(house.app.store).create("tests", list(Scope), expires=None)
    headers = {"authorization": f"Bearer {made.token}"}
    async with httpx.AsyncClient(base_url=house.url, headers=headers, timeout=30) as client:
        await client.post("/sign-in/link", data={"word": word})
        yield client


def routes(site: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    waiting: list[tuple[str, Any]] = [("", route) for route in site.routes]
    while waiting:
        mount, route = waiting.pop()
        if isinstance(route, APIRoute):
            yield mount, route
        elif isinstance(route, Mount) and isinstance(route.app, FastAPI):
            waiting += [(route.path, one) for one in route.app.routes]
        elif inner := getattr(route, "original_router", None):
            waiting += [(mount, one) for one in inner.routes]


def spoilt(site: FastAPI) -> set[str]:
    """Every address that can be asked for, with one of its parts spoilt."""
    found = set()
    for mount, route in routes(site):
        if "GET" not in (route.methods or ()):
            continue
        names = re.findall(r"{(\w+)", route.path)
        plain = mount + re.sub(r"{[^}]+}", "x", route.path)
        for name in names:
            bad = re.sub(rf"{{{name}[^}}]*}}", BAD, route.path)
            found.add(mount + re.sub(r"{[^}]+}", "x", bad))
        for given in _queries(route.dependant):
            found |= {f"{plain}?{given}={BAD}", f"{plain}?{BAD}={given}"}
    return found


def _queries(dependant: Any) -> set[str]:
    own = {one.alias for one in dependant.query_params}
    return own.union(*(_queries(one) for one in dependant.dependencies))


def forms(site: FastAPI) -> Iterator[tuple[str, str]]:
    """Every form's address and each of its fields."""
    for mount, route in routes(site):
        if "POST" in (route.methods or ()) and not mount:
            path = re.sub(r"{[^}]+}", "x", route.path)
            for field in route.dependant.body_params:
                yield path, field.alias


async def test_every_address_and_form_says_in_words_that_it_cannot_be_read(
    on_postgres: Database,
) -> None:
    async with (
        opened_house(on_postgres.keys.parent, 1, on_postgres.url) as house,
        entered(house) as client,
    ):
        site = make_site(house.app, dict)
        found = CSRF.search((await client.get("/me")).text)
        assert found is not None
        wrong = {}
        for address in spoilt(site):
            told = await client.get(address)
            if told.status_code != 400 or "NUL" not in told.text:
                wrong[address] = told.status_code
        for path, field in forms(site):
            fields = {"csrf": found[1], field: "a\x00b"}
            told = await client.post(path, data=fields)
            if told.status_code != 400 or "NUL" not in told.text:
                wrong[f"{path} {field}"] = told.status_code

    assert len(spoilt(site)) > 40
    assert not wrong


BODIES = ({"text": "a\\u0000b"}, {"text": "\\ud800"}, {"text": "Hi", "requester": "\\udfff"})
CHARSETS = ("unicode_escape", "utf-7")


async def test_texts_of_bodies_are_refused_in_words(on_postgres: Database) -> None:
    async with (
        opened_house(on_postgres.keys.parent, 1, on_postgres.url) as house,
        entered(house) as client,
    ):
        answers = []
        for body in BODIES:
            fields = ", ".join(f'"{name}": "{value}"' for name, value in body.items())
            headers = {"content-type": "application/json"}
            answers.append(
                await client.post("/api/tickets", content=f"{{{fields}}}", headers=headers)
            )
        for charset, text in itertools.product(CHARSETS, ("+AAA-", "\\ud800", "\\x00")):
            part = f'--b\r\ncontent-disposition: form-data; name="word"\r\n\r\n{text}\r\n--b--\r\n'
            headers = {"content-type": f"multipart/form-data; boundary=b; charset={charset}"}
            answers.append(await client.post("/sign-in/link", content=part, headers=headers))

    assert {one.status_code for one in answers[: len(BODIES)]} == {422}
    assert max(one.status_code for one in answers) < 500


@pytest.mark.parametrize(
    ("text", "readable"),
    [("", True), ("Grüße, 日本 \U0001f600\n", True), ("\x00", False), ("a\ud83d", False)],
)
def test_what_is_text(text: str, readable: bool) -> None:
    assert is_text(text) is readable
