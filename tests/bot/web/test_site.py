"""The whole site: what holds for every address of it."""

from pathlib import Path

import pytest
from httpx2 import ASGITransport, AsyncClient

from bot.web.site import MOST_BYTES, make_site
from tests.bot.web.consoles import BASE, console_of


@pytest.mark.parametrize("path", ["/sign-in/link", "/slack/anything", "/api/tickets"])
async def test_nobody_makes_the_desk_read_without_end(tmp_path: Path, path: str) -> None:
    async with console_of(tmp_path) as bench:
        site = make_site(bench.app, dict)
        async with AsyncClient(transport=ASGITransport(site), base_url=BASE) as nobody:
            answer = await nobody.post(path, content=b"x" * (MOST_BYTES + 1))
            small = await nobody.post("/sign-in/link", data={"word": "unknown"})
    assert answer.status_code == 413
    assert small.status_code == 403
