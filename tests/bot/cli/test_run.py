"""`frontdesk run` beside its own stand-in for Slack, as a stranger starts it."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from httpx2 import Client

from tests.programs import FRONTDESK, environment

PATIENCE = 60


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def desk(tmp_path: Path, cache: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A desk that can be reached."""
    with subprocess.Popen(
        [FRONTDESK, "run"],
        cwd=tmp_path,
        env=environment(tmp_path, cache, PORT=str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            until_reached(port)
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def until_reached(port: int) -> None:
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as page:
                assert page.status == 200
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the desk was not there")


def test_it_starts_with_nothing_set_up_and_stops_when_told(desk: subprocess.Popen[str]) -> None:
    desk.send_signal(signal.SIGTERM)

    said, _ = desk.communicate(timeout=PATIENCE)

    assert "Open http://127.0.0.1:" in said
    assert "Traceback" not in said
    assert desk.returncode == 0


def test_it_says_so_when_the_sandbox_is_gone(desk: subprocess.Popen[str]) -> None:
    (sandbox,) = psutil.Process(desk.pid).children()
    sandbox.kill()

    said, _ = desk.communicate(timeout=PATIENCE)

    assert "the local stand-in for Slack has ended: start again" in said
    assert desk.returncode == 3


def test_it_prints_a_link_that_signs_the_owner_in_at_the_console_once(
    desk: subprocess.Popen[str], port: int
) -> None:
    assert desk.stdout is not None
    link = next(line.strip() for line in desk.stdout if "/sign-in/link/" in line)
    with Client(base_url=f"http://127.0.0.1:{port}", headers={"accept": "text/html"}) as browser:
        assert browser.get("/").headers["location"] == "/sign-in?next=%2F"
        word = {"word": link.rpartition("/")[2]}
        assert browser.post("/sign-in/link", data=word).headers["location"] == "/"
        assert "Good to see you, owner" in browser.get("/").text
        assert "Sign in with Slack" in browser.get("/sign-in").text
    with Client(base_url=f"http://127.0.0.1:{port}") as other:
        assert other.post("/sign-in/link", data=word).status_code == 403
