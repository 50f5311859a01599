from collections.abc import AsyncIterator

import pytest

from bot.sandbox import Sandbox
from tests.bot.slack.desks import QUICK


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(timing=QUICK) as running:
        yield running
