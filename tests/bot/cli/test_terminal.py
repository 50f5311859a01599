"""On a real terminal: Ctrl-C ends it at once, and tickets cannot steer it."""

import json
import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Run
from tests.programs import FRONTDESK, environment

PATIENCE = 60
EVIL = "\x1b]0;owned\x07\x1b[2Jcharged twice this month \x9b31m\u202efdp [/] I want my money back"


class Screen:
    """A program on a terminal of its own, 80 columns wide."""

    def __init__(self, *arguments: str, folder: Path, cache: Path) -> None:
        self.ours, theirs = pty.openpty()
        variables = environment(folder, cache, TERM="xterm-256color")
        del variables["COLUMNS"]
        self.process = subprocess.Popen(
            [FRONTDESK, *arguments],
            cwd=folder,
            env=variables,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = b""

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self.ours, text.encode() + b"\n")

    def until(self, words: str) -> str:
        """Read until these words, or the end."""
        began = time.monotonic()
        while words.encode() not in self.seen and time.monotonic() - began < PATIENCE:
            if select.select([self.ours], [], [], 0.5)[0]:
                try:
                    self.seen += os.read(self.ours, 65536)
                except OSError:  # the program has ended
                    break
        return self.seen.decode(errors="replace")

    def close(self) -> int:
        """Wait for the program's end; its exit code."""
        return self.process.wait(PATIENCE)

    def leave(self) -> None:
        """Let go of the terminal, whatever came of it."""
        self.process.kill()
        self.process.wait()
        os.close(self.ours)


@pytest.fixture
def terminal(desk_folder: Path, cache: Path) -> Iterator[Callable[..., Screen]]:
    """Start programs on terminals; they are gone after the test."""
    screens: list[Screen] = []

    def start(*arguments: str) -> Screen:
        screens.append(Screen(*arguments, folder=desk_folder, cache=cache))
        return screens[-1]

    yield start
    for screen in screens:
        screen.leave()


def test_ctrl_c_ends_a_waiting_chat_at_once_and_in_good_order(
    desk: Run, terminal: Callable[..., Screen]
) -> None:
    screen = terminal("chat")
    screen.until("you:")
    screen.type("How do I reset my password?")
    shown = screen.until("ticket T-")
    assert any(step in shown for step in ("reading", "choosing who", "looking it up", "checking"))

    began = time.monotonic()
    screen.process.send_signal(signal.SIGINT)
    screen.until("Stopped.")

    assert screen.close() == 130
    assert time.monotonic() - began < 10
    assert len(desk("audit", "list", "--kind", "desk:stopped", "--json").stdout.splitlines()) == 2


def test_what_a_ticket_says_never_steers_the_terminal(
    desk: Run, desk_folder: Path, terminal: Callable[..., Screen]
) -> None:
    (desk_folder / "evil.csv").write_text(f'id,text,expected\n1,"{EVIL}","\x1b[5m"\n')
    batch = terminal("triage", "evil.csv")
    shown = batch.until("\0 the end")
    batch.close()
    ticket = json.loads(desk("tickets", "list", "--limit", "1", "--json").stdout)["id"]
    story = terminal("audit", "show", ticket)
    shown += story.until("\0 the end")

    assert story.close() == 0
    assert "charged twice this month" in shown
    steering = ("\x1b]0;", "\x07", "\x1b[2J", "\x9b", "\u202e", "\x1b[5m")
    assert [code for code in steering if code in shown] == []
