"""A desk in a process of its own, which may kill itself at a point: what no handler can soften."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.slack.calls import Calls
from bot.slack.messenger import SlackMessenger
from bot.slack.progress import Progress
from bot.slack.service import Serving, serving
from frontdesk import Answer, Reply
from tests.bot.slack.desks import ALERT, BRISK, Helper, quick_app


def die() -> None:
    """Be gone, as if the power had failed."""
    os.kill(os.getpid(), signal.SIGKILL)


def sleep() -> None:
    """Be frozen, until somebody wakes it."""
    os.kill(os.getpid(), signal.SIGSTOP)


def sleeping_before(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def sleeps(*arguments: Any, **named: Any) -> Any:
        sleep()
        return await call(*arguments, **named)

    return sleeps


def sleeping_after(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def sleeps(*arguments: Any, **named: Any) -> Any:
        answer = await call(*arguments, **named)
        sleep()
        return answer

    return sleeps


def dying_before(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def dies(*arguments: Any, **named: Any) -> Any:
        die()

    return dies


def dying_after(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def dies(*arguments: Any, **named: Any) -> Any:
        await call(*arguments, **named)
        die()

    return dies


def arm(point: str, served: Serving, messenger: SlackMessenger, helper: Helper) -> None:
    """Let the process die at a point."""
    if point == "before_ack":
        served.desk.ingest.event = dying_after(served.desk.ingest.event)  # type: ignore[method-assign]
    elif point == "after_model":
        messenger._post = dying_before(messenger._post)  # type: ignore[method-assign]
    elif point == "after_post":
        messenger._post = dying_after(messenger._post)  # type: ignore[method-assign]
    elif point == "asleep_before_post":
        messenger._post = sleeping_before(messenger._post)  # type: ignore[method-assign]
    elif point == "asleep_after_post":
        messenger._post = sleeping_after(messenger._post)  # type: ignore[method-assign]
    elif point == "in_turn":
        helper.says = answer_and_die


def answer_and_die(text: str) -> Answer:
    die()
    return Reply(text)


async def main(folder: Path, point: str) -> None:
    """Serve until killed, and say where."""
    helper, calls = Helper(), Calls()
    messenger = SlackMessenger(calls, Progress(calls, 0.05 if point == "in_stream" else 3.0))
    if point == "in_stream":
        helper.free.clear()
    settings = Settings(
        database_url=f"sqlite:///{folder / 'frontdesk.db'}", worker_lease_seconds=1.0
    )
    async with (
        quick_app(settings, messenger, helper) as app,
        serving(app, messenger, pace=BRISK, watch=ALERT) as served,
    ):
        arm(point, served, messenger, helper)
        sys.stdout.write(f"{served.port}\n")
        sys.stdout.flush()
        await served.until_one_fails()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
