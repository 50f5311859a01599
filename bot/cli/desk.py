"""The whole desk, opened for a command that puts messages through it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.app import App, open_app
from bot.cli.console import err
from bot.settings import load_settings
from router.modes import Mode
from router.ports import Messenger


@asynccontextmanager
async def opened_desk(messenger: Messenger) -> AsyncIterator[App]:
    """The desk that the settings describe; while it opens, the terminal says so.

    Ctrl-C closes it in good order, as the end of the input would, and then goes on its way. New
    specialists answer by themselves here: whoever asks is the one who tries them.
    """
    interrupted = None
    settings = load_settings().model_copy(update={"new_specialists": Mode.AUTO.value})
    async with AsyncExitStack() as stack:
        with err.status("opening the desk (the first time takes a few seconds)"):
            app = await stack.enter_async_context(open_app(settings, messenger))
        try:
            yield app
        except asyncio.CancelledError as cancelled:
            interrupted = cancelled
    if interrupted is not None:
        raise interrupted
