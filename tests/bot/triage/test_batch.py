"""A batch that is cut off goes on where it stopped: nothing lost, nothing twice."""

import csv
import json
import signal
import sqlite3
import subprocess
from collections import Counter
from pathlib import Path

from storage.ledger.verify import verify
from tests.programs import FRONTDESK, environment, frontdesk

TICKETS = Path(__file__).parents[3] / "examples" / "tickets.csv"
KILLS = 2


def killed_after(lines: int, folder: Path, cache: Path) -> int:
    """Run the batch and kill -9 it once it has printed so many tickets; say how many it had."""
    with subprocess.Popen(
        [FRONTDESK, "triage", str(TICKETS), "--json", "--jobs", "4"],
        cwd=folder,
        env=environment(folder, cache),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    return process.returncode


def test_kill_9_in_the_middle_loses_no_ticket_and_does_none_twice(
    tmp_path: Path, cache: Path
) -> None:
    for kill in range(KILLS):
        assert killed_after(9 + 20 * kill, tmp_path, cache) == -signal.SIGKILL

    done = frontdesk("triage", str(TICKETS), "--json", folder=tmp_path, cache=cache)
    verified = verify(f"sqlite:///{tmp_path / 'frontdesk.db'}")

    with TICKETS.open(newline="") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ids
    assert done.returncode == 0
    assert verified.ok, verified.findings
    with sqlite3.connect(tmp_path / "frontdesk.db") as database:
        kinds = database.execute("SELECT kind, message_id FROM audit_index").fetchall()
    once = Counter(kind for kind, _ in kinds)
    per_message = Counter(pair for pair in kinds if pair[0] in {"post:intended", "turn:ended"})
    assert once["ticket:opened"] == once["message:received"] == len(ids)
    assert once["post:intended"] == once["post:done"] == once["turn:ended"] == len(ids)
    assert set(per_message.values()) == {1}
