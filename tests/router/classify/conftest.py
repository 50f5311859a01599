from __future__ import annotations

from pathlib import Path

import pytest

from router.classify.embedded import EmbeddedRouter
from router.classify.encoder import MiniLmEncoder, load_encoder
from router.classify.profiles import profile_of
from tests.router.classify.desk import SPECIALISTS


@pytest.fixture(scope="session")
def encoder(cache: Path) -> MiniLmEncoder:
    return load_encoder(cache)


@pytest.fixture(scope="session")
def desk(encoder: MiniLmEncoder, cache: Path) -> EmbeddedRouter:
    return EmbeddedRouter(encoder, [profile_of(one) for one in SPECIALISTS], cache=cache)
