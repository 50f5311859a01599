"""A disk whose writes and syncs fail: nothing acknowledged is lost, and the trail stays whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STEP = 37
"""Every so-manieth operation fails here; in `make soak` each does."""


def test_no_write_or_sync_that_fails_loses_what_was_acknowledged() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.storage.breaking_process", str(STEP)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    if ran.stdout.startswith("no library"):
        pytest.skip("this Python has its own SQLite built in, whose disk cannot be broken")
    once, from_then_on = (line.split() for line in ran.stdout.splitlines())
    runs, failed, refused = map(int, once[1:])
    assert failed > runs / 2 > 5
    assert refused == 0, "what failed once was not tried again"
    runs, failed, refused = map(int, from_then_on[1:])
    assert failed > runs > 10
    assert refused > runs / 4
