"""A desk that has done a small batch, and commands typed at it without a process for each."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from bot.cli import app
from tests.programs import environment

TICKETS = """id,text,expected
1,I was charged twice this month and want the second charge back,billing
2,The desktop app crashes as soon as it starts,technical
3,,billing
4,What is a good recipe for lentil soup?,human
"""


@dataclass(frozen=True)
class Told:
    """What a command said, and its exit code."""

    stdout: str
    stderr: str
    code: int


Run = Callable[..., Told]


@pytest.fixture(scope="module")
def desk_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the desk of a module keeps its things."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "tickets.csv").write_text(TICKETS)
    return folder


@pytest.fixture(scope="module")
def desk(desk_folder: Path, cache: Path) -> Run:
    """A desk that has done a small batch; type a command at it. Read it only."""
    own = environment(desk_folder, cache)

    def run(*arguments: str, given: str = "", **more: str) -> Told:
        with pytest.MonkeyPatch.context() as patch, kept_logs():
            patch.chdir(desk_folder)
            for name, value in {**own, **more}.items():
                patch.setenv(name, value)
            done = CliRunner().invoke(app, arguments, input=given, prog_name="frontdesk")
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return Told(done.stdout, done.stderr, done.exit_code)

    assert run("triage", "tickets.csv", "--json").code == 1
    return run


class kept_logs:  # noqa: N801 - reads as a phrase where it is used
    """Commands say where logs go; the other tests' logs go on as before."""

    def __enter__(self) -> None:
        root = logging.getLogger()
        self.before = (list(root.handlers), root.level)

    def __exit__(self, *_: object) -> None:
        root = logging.getLogger()
        handlers, level = self.before
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
