"""Behind a proxy: whose word counts for where a request comes from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from pydantic import ValidationError

from bot.doctor import examine
from bot.sandbox import Sandbox
from bot.settings import Settings
from bot.web.site import make_site
from tests.bot.slack.desks import QUICK, Bench, bench

PROXY = "127.0.0.1"
ATTEMPTS = 2


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(timing=QUICK) as running:
        yield running


async def refused(desk: Bench, forwarded: str) -> int:
    """Show a token that is none, through the proxy."""
    headers = {"authorization": "Bearer fd_none", "x-forwarded-for": forwarded}
    url = f"http://127.0.0.1:{desk.served.port}/api/tickets"
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status


async def all_refused(slack: Sandbox, folder: Path, proxies: str, *forwarded: str) -> list[int]:
    rate = f"{ATTEMPTS}/minute"
    given = {"api_denied_rate": rate, "trusted_proxies": proxies}
    async with bench(slack, folder, web=make_site, **given) as desk:
        return [await refused(desk, one) for one in forwarded]


async def test_each_address_behind_a_trusted_proxy_is_counted_by_itself(
    slack: Sandbox, tmp_path: Path
) -> None:
    one, other = "203.0.113.1", "203.0.113.2"
    answers = await all_refused(slack, tmp_path, PROXY, one, one, one, other)
    assert answers == [401, 401, 429, 401]


async def test_what_a_caller_writes_before_the_proxy_counts_for_nothing(
    slack: Sandbox, tmp_path: Path
) -> None:
    written = (f"198.51.100.{number}, 203.0.113.1" for number in range(3))
    assert await all_refused(slack, tmp_path, "127.0.0.0/8", *written) == [401, 401, 429]


async def test_nobody_else_may_say_where_a_request_comes_from(
    slack: Sandbox, tmp_path: Path
) -> None:
    written = (f"203.0.113.{number}" for number in range(3))
    assert await all_refused(slack, tmp_path, "192.0.2.1", *written) == [401, 401, 429]


@pytest.mark.parametrize("given", ["*", "0.0.0.0/0", "::/0", "proxy.example", "10.0.0.1/8"])
def test_what_would_trust_everybody_or_nobody_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        Settings(trusted_proxies=given)  # type: ignore[arg-type]


def test_doctor_says_whose_word_counts(tmp_path: Path) -> None:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'desk.db'}",
        trusted_proxies="10.0.0.0/8, ::1",  # type: ignore[arg-type]
    )
    (found,) = [one.found for one in examine(settings) if one.what == "proxies"]
    assert found == "X-Forwarded-For is read from 10.0.0.0/8, ::1 alone"
