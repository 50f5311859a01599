"""kill -9 on the clock in the middle of its reminders: none is lost, none is said twice."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.sandbox import Sandbox
from storage.database import open_store
from tests.storage import desk

ROOT = Path(__file__).parents[3]
TICKETS = 5
RULES = json.dumps(
    {
        "hours": {"mon-sun": "00:00-24:00"},
        "first_response": {"normal": "10m"},
        "resolution": {"normal": "90h"},
        "ladder": ["100% channel", "150% channel"],
    }
)


class AnHourAgo:
    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(hours=1)


async def clock(slack: Sandbox, url: str, point: str, kill_after: float = 0.0) -> int:
    """Run a clock; give its exit code."""
    triage = slack.workspace.channel("triage").id
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bot.slack.clock_process"),
        *(url, slack.api_url, slack.bot_token, triage, point, RULES),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    if kill_after:
        await process.stdout.readline()
        await asyncio.sleep(kill_after)
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
    await process.stdout.read()
    return await process.wait()


async def test_reminders_are_said_once_whenever_the_clock_dies(
    slack: Sandbox, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    store = open_store(url, clock=AnHourAgo())
    for number in range(TICKETS):
        receipt = await store.receive(
            desk.delivery(f"d{number}", source="slack", workspace=slack.workspace.team_id)
        )
        await store.record(desk.escalated(receipt))
    await store.close()
    for point in ("after_look", "before_post", "after_post"):
        assert await clock(slack, url, point) == -signal.SIGKILL
    chance = random.Random(3)
    for _ in range(3):
        await clock(slack, url, "", kill_after=chance.random() / 10)
    assert await clock(slack, url, "") == 0
    tags = [one.metadata or {} for one in slack.answers("triage")]
    said = Counter(tag["event_payload"]["key"] for tag in tags)
    assert len(said) == 2 * TICKETS
    assert set(said.values()) == {1}
