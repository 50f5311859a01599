"""What is shown in a thread is the newest that is known, whichever process shows it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from bot.slack import progress as module
from bot.slack import showing
from bot.slack.calls import Calls
from bot.slack.places import Thread
from bot.slack.progress import Progress

THREAD = Thread("T1", "C1", "1.0")


@dataclass
class Slack:
    """Takes calls, each after `slow` seconds, and remembers what each thread shows at last."""

    slow: float = 0.0
    status: str = ""
    session: str = ""
    log: list[str] = field(default_factory=list)

    async def __call__(self, team: str, method: str, **arguments: Any) -> dict[str, Any]:
        await asyncio.sleep(self.slow)
        if method == "assistant_threads_setStatus":
            self.status = str(arguments["status"])
            self.log.append(self.status)
        elif method == "agents_sessions_setStatus":
            self.session = str(arguments["status"])
        return {"ok": True}

    at_once = __call__


def progress(slack: Slack) -> Progress:
    return Progress(cast(Calls, slack), 60.0)


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Greetings that are over soon."""
    for where in (module, showing):
        monkeypatch.setattr(where, "GREETING", 0.3)
        monkeypatch.setattr(where, "GREETED", 0.4)


async def test_number_that_comes_while_the_greeting_is_on_its_way_is_shown_after_it() -> None:
    slack = Slack(slow=0.05)
    shown = progress(slack)
    shown.begin(THREAD, "m1", "U1")
    await asyncio.sleep(0.01)
    shown.in_line(THREAD, "m1", "U1", 4)
    await asyncio.sleep(0.3)
    assert "number 4" in slack.status
    await shown.close()


async def test_late_greeting_of_another_process_does_not_stay() -> None:
    slack = Slack()
    shown = progress(slack)
    shown.in_line(THREAD, "m1", "U1", 2)
    await asyncio.sleep(0.1)
    slack.status = "is reading your message…"
    await asyncio.sleep(0.5)
    assert "number 2" in slack.status
    await shown.close()


async def test_late_greeting_does_not_outlive_a_turn_that_was_quick() -> None:
    slack = Slack()
    shown = progress(slack)
    shown.take_over(THREAD, "m1", "U1")
    await asyncio.sleep(0.05)
    await shown.end(THREAD, "m1", unknown=True)
    await asyncio.sleep(0.05)
    slack.status, slack.session = "is reading your message…", "processing"
    await asyncio.sleep(0.5)
    assert (slack.status, slack.session) == ("", "active")
    await shown.close()


async def test_greeting_that_takes_too_long_is_given_up() -> None:
    slack = Slack(slow=0.6)
    shown = progress(slack)
    shown.leave_to_others()
    shown.begin(THREAD, "m1", "U1")
    await asyncio.sleep(0.9)
    assert slack.log == []
    await shown.close()


async def test_nothing_is_waited_for_at_the_end() -> None:
    slack = Slack()
    shown = progress(slack)
    shown.take_over(THREAD, "m1", "U1")
    await asyncio.sleep(0.05)
    await shown.end(THREAD, "m1")
    async with asyncio.timeout(0.2):
        await shown.close()
    assert (slack.status, slack.session) == ("", "active")
