from pathlib import Path

import pytest

from tests.plugins.environment import Environment, build_desk


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk as a wheel, built from the sources as they are."""
    return build_desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Environment:
    """A clean environment with the desk in it, for the tests of one module."""
    made = Environment.new(tmp_path_factory.mktemp("clean"))
    made.pip_install(wheel)
    return made
