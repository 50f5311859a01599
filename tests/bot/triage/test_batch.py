"""A batch that is cut off goes on where it stopped: nothing lost, nothing twice."""

import csv
import json
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import App, open_app
from bot.messengers import RecordOnly
from bot.settings import Settings
from bot.triage.batch import BatchTakenError, Done, Failed, run_batch
from bot.triage.reading import BadLine, Row
from storage.claims import Claims
from storage.ledger.verify import verify
from storage.queries import Queries
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


async def test_a_batch_that_another_process_works_on_is_left_to_it(
    tmp_path: Path, settings: Callable[..., Settings]
) -> None:
    async with open_app(settings(tmp_path), RecordOnly()) as app:
        other = Claims(app.store, "elsewhere/1/x", gone=lambda name: False)
        await other.beat()
        hold = await other.claim("batch:b")
        assert hold is not None

        with pytest.raises(BatchTakenError, match="--batch"):
            await ends(app, "b")
        assert await Queries(app.store).tickets() == ()
        await other.release(hold)
        assert [type(end) for end in await ends(app, "b")] == [Done]


async def ends(app: App, batch: str) -> list[Done | Failed | BadLine]:
    rows = [Row(2, "1", "How do I get a refund?")]
    batched = run_batch(rows, desk=app.desk, store=app.store, batch=batch, jobs=1)
    return [end async for end in batched]
