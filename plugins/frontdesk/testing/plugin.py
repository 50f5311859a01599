"""The pytest plugin: fixtures for authors, there as soon as `frontdesk` is installed.

pytest finds it by its entry point. It is the only module of the contract that imports pytest, and
nothing but pytest imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from frontdesk.contract import Passage
from frontdesk.testing.conformance import check_specialist
from frontdesk.testing.context import FakeContext
from frontdesk.testing.scripted import Line, ScriptedModel

Script = Callable[..., ScriptedModel]


@pytest.fixture
def fake_context() -> FakeContext:
    """A context in which nothing is found and no model answers."""
    return FakeContext()


@pytest.fixture
def scripted_model() -> Iterator[Script]:
    """Make models that follow a script; when the test ends, each must have said all its lines."""
    made: list[ScriptedModel] = []

    def make(*lines: Line | str | Exception) -> ScriptedModel:
        made.append(ScriptedModel(*lines))
        return made[-1]

    yield make
    for model in made:
        model.assert_complete()


@pytest.fixture
def context_with(scripted_model: Script) -> Callable[..., FakeContext]:
    """Make a context from passages and from what its model says, line by line."""

    def make(*passages: Passage, says: tuple[Line | str | Exception, ...] = ()) -> FakeContext:
        return FakeContext(passages=passages, says=scripted_model(*says))

    return make


@pytest.fixture
def assert_conforms() -> Callable[[object], None]:
    """Fail the test with every finding if a specialist does not keep the contract."""

    def check(specialist: object) -> None:
        findings = check_specialist(specialist)
        if findings:
            pytest.fail("\n".join(f"{one.code}: {one.message}" for one in findings))

    return check
