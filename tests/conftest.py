"""What all tests share: settings of their own, and one cache for what is slow to make."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import Settings


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def settings(cache: Path) -> Callable[..., Settings]:
    """Make settings whose database lies in a folder."""

    def make(folder: Path, **given: object) -> Settings:
        url = f"sqlite:///{folder / 'frontdesk.db'}"
        return Settings(**{"database_url": url, "cache": cache, **given})

    return make
