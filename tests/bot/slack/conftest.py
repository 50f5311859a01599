from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.bot.slack.desks import QUICK, TRANSPORTS, Bench, bench


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
async def desk(slack: Sandbox, tmp_path: Path) -> AsyncIterator[Bench]:
    """A desk over HTTP."""
    async with bench(slack, tmp_path) as served:
        yield served
