"""What all tests share: settings of their own, and one cache for what is slow to make."""

import os
from collections.abc import Callable
from pathlib import Path

import freezegun
import pytest

from bot.settings import Settings

pytest_plugins = ("tests.databases",)

# How wide commands write is settled when they are imported first: not by whatever runs the tests.
os.environ["COLUMNS"] = "200"

# How long tests take is measured by the real clock, wherever they set theirs.
freezegun.configure(extend_ignore_list=["_pytest.timing"])


@pytest.fixture(scope="session")
def cache(pytestconfig: pytest.Config) -> Path:
    """Where the desk keeps what can be rebuilt; it checks by hash what it finds there."""
    return pytestconfig.cache.mkdir("frontdesk")


@pytest.fixture
def settings(cache: Path) -> Callable[..., Settings]:
    """Make settings whose database lies in a folder."""

    def make(folder: Path, **given: object) -> Settings:
        url = f"sqlite:///{folder / 'frontdesk.db'}"
        return Settings(**{"database_url": url, "cache": cache, **given})

    return make
