"""Telling one's own process from others, alive or gone."""

import subprocess
import sys

from bot.engine import processes


def test_own_process_is_alive() -> None:
    assert not processes.is_gone(processes.name())


def test_earlier_run_with_the_same_number_is_gone() -> None:
    host, number, _ = processes.name().split("/")
    assert processes.is_gone(f"{host}/{number}/another")


def test_process_that_ended_is_gone() -> None:
    code = "from bot.engine import processes; print(processes.name())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert processes.is_gone(ended.stdout.strip())


def test_nothing_is_known_of_other_hosts() -> None:
    assert not processes.is_gone("elsewhere/1/abc")
    assert not processes.is_gone("nonsense")
