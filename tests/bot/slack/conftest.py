from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.bot.slack.desks import QUICK, TRANSPORTS, Bench, bench
from tests.bot.slack.rooms import Room


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(timing=QUICK) as running:
        yield running


@pytest.fixture(params=TRANSPORTS)
async def both(
    request: pytest.FixtureRequest, slack: Sandbox, tmp_path: Path
) -> AsyncIterator[Bench]:
    """A desk over each transport in turn."""
    async with bench(slack, tmp_path, request.param) as served:
        yield served


@pytest.fixture
async def desk(
    request: pytest.FixtureRequest, slack: Sandbox, tmp_path: Path
) -> AsyncIterator[Bench | Room]:
    """A desk over HTTP; in a file that says `served_by = room`, one with its staff room."""
    served_by = getattr(request.module, "served_by", bench)
    async with served_by(slack, tmp_path) as served:
        yield served
