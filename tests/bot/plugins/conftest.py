from __future__ import annotations

import itertools
import sys
import textwrap
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from bot.plugins.discovery import GROUP, Candidate

Install = Callable[..., Candidate]
NUMBERS = itertools.count()
PREAMBLE = """
from frontdesk import Specialist, hookimpl

class One(Specialist):
    name = "one"
    handles = "what the tests ask about"
"""
HOOK = """
@hookimpl
def register_specialists():
    return {offer}
"""


@pytest.fixture(autouse=True)
def put_stdout_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plugin that hangs leaves its stand-in for stdout behind, which is meant to be so."""
    monkeypatch.setattr(sys, "stdout", sys.stdout)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Write a plugin module and give it as a candidate; `offer` is what its hook returns."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(
        body: str = "",
        offer: str | None = "[One()]",
        name: str = "",
        distribution: str = "a-stranger",
    ) -> Candidate:
        module = f"plugin_under_test_{next(NUMBERS)}"
        hook = HOOK.format(offer=offer) if offer is not None else ""
        code = PREAMBLE + textwrap.dedent(body) + hook
        (tmp_path / f"{module}.py").write_text(code, "utf-8")
        return Candidate(EntryPoint(name or module, module, GROUP), distribution, "1.0")

    return write
