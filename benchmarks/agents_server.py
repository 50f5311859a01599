"""The local model server in a process of its own, so that its work is not counted as ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Serving:
    """How the server behaves. `wrong` is the share of questions that are answered wrongly."""

    latency_ms: int = 0
    fault_rate: float = 0.0
    approve_everything: bool = False
    wrong: float = 0.0


@contextmanager
def model_server(serving: Serving) -> Iterator[str]:
    """Run it; gives its address."""
    asked = [
        f"--latency-ms={serving.latency_ms}",
        f"--fault-rate={serving.fault_rate}",
        f"--wrong={serving.wrong}",
        "--use-tools",
        *(["--approve-everything"] if serving.approve_everything else []),
    ]
    program = [sys.executable, "-m", "tests.messages_api", *asked]
    with subprocess.Popen(  # noqa: S603 - our own program
        program, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            yield str(server.stdout.readline()).strip() if server.stdout else ""
        finally:
            server.terminate()
