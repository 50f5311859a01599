"""Stopping: once in good order, twice at once, and never waiting for ever."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

PROGRAM = """
import asyncio, sys
import bot.cli.stopping as stopping

async def main(seconds, grace, cleaning):
    stopping.CLEANING_SECONDS = cleaning
    with stopping.stopping_gently(grace):
        print("ready", flush=True)
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(seconds)
            print("cleaned", flush=True)

asyncio.run(main(*map(float, sys.argv[1:])))
"""


@pytest.fixture
def running() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def start(
    running: list[subprocess.Popen[str]], seconds: float, grace: float = 20.0, cleaning: float = 20
) -> subprocess.Popen[str]:
    """A program that takes `seconds` to clean up."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(seconds), str(grace), str(cleaning)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    running.append(process)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_first_signal_lets_what_runs_clean_up(
    running: list[subprocess.Popen[str]], number: signal.Signals
) -> None:
    process = start(running, 0.3)
    process.send_signal(number)
    out, err = process.communicate(timeout=20)

    assert out == "cleaned\n"
    assert err.split() == ["Stopping.", "Stopped."]
    assert process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_second_signal_ends_at_once(
    running: list[subprocess.Popen[str]], number: signal.Signals
) -> None:
    process = start(running, 30)
    process.send_signal(number)
    assert process.stderr is not None
    assert process.stderr.readline() == "Stopping.\n"
    began = time.monotonic()
    process.send_signal(number)
    out, _ = process.communicate(timeout=20)

    assert time.monotonic() - began < 5
    assert process.returncode == -number
    assert "cleaned" not in out


def test_cleaning_up_that_never_ends_is_ended(running: list[subprocess.Popen[str]]) -> None:
    process = start(running, 60, grace=0.1, cleaning=0.2)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)

    assert process.returncode == 3
    assert "did not come to its end in time" in err
