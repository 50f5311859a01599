"""`frontdesk plugins dev`: talk to a plugin while writing it.

The chat runs in a process of its own, and a change in the folder starts another one: a module that
was imported once cannot be imported anew without traces of the old one.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.console import command, err
from bot.plugins.sources import plugin_in

Folder = Annotated[Path, typer.Argument(help="The folder of the plugin, with its pyproject.toml.")]
LOOK_SECONDS = 0.5
END_SECONDS = 5.0
WATCHED = {".py", ".md", ".toml", ".txt", ".json"}
VARIABLE = "FRONTDESK_PLUGIN_SOURCES"


@command
async def dev(folder: Folder) -> int:
    """Chat with a plugin from its sources; nothing has to be installed.

    Save a file and the desk begins anew with the change. /quit ends it.
    """
    plugin_in(folder)
    err.print(f"{escape(str(folder))} is watched; save a file and it takes effect.")
    while True:
        chat = await _chat(folder)
        code = await _ended_or_changed(chat, folder)
        if code is not None:
            return code
        err.print("\nSomething changed; the desk begins anew.")


async def _chat(folder: Path) -> asyncio.subprocess.Process:
    program = (sys.executable, "-c", "from bot.cli import app; app()", "chat")
    return await asyncio.create_subprocess_exec(*program, env=_environment(folder))


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, VARIABLE: str(folder.resolve())}


async def _ended_or_changed(chat: asyncio.subprocess.Process, folder: Path) -> int | None:
    """The chat's exit code, or None if a file changed; then the chat is over too."""
    before = dict(_stamps(folder))
    ended = asyncio.ensure_future(chat.wait())
    try:
        while True:
            done, _ = await asyncio.wait({ended}, timeout=LOOK_SECONDS)
            if done:
                return ended.result()
            if dict(_stamps(folder)) != before:
                return None
    finally:
        await _end(chat)


async def _end(chat: asyncio.subprocess.Process) -> None:
    if chat.returncode is not None:
        return
    chat.terminate()
    try:
        async with asyncio.timeout(END_SECONDS):
            await chat.wait()
    except TimeoutError:
        chat.kill()
        await chat.wait()


def _stamps(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """Every watched file, with its time and size."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name[0] != "." and name != "__pycache__"]
        for name in files:
            path = Path(place, name)
            if path.suffix in WATCHED:
                stat = path.stat()
                yield str(path), (stat.st_mtime_ns, stat.st_size)
