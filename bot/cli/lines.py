"""Lines that somebody types, without a thread that Ctrl-C could not end."""

from __future__ import annotations

import asyncio
import os
import sys

from rich.text import Text

from bot.cli.console import out


async def typed_line(prompt: str) -> str | None:
    """The next line from the terminal, or None at its end (Ctrl-D).

    Where input comes from a file or a pipe, the line is shown as if it had been typed.
    """
    if sys.stdin.isatty():
        out.print(Text(prompt, style="bold cyan"), end=" ", soft_wrap=True)
        await _something_to_read(sys.stdin.fileno())
        line = sys.stdin.readline()
        if not line.endswith("\n"):
            out.print()
        return line or None
    line = await asyncio.to_thread(sys.stdin.readline)
    if line.strip():
        out.print(Text(f"{prompt} {line.strip()}", style="cyan"))
    return line or None


async def _something_to_read(terminal: int) -> None:
    """Wait until a line was typed; the desk goes on with its work meanwhile."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    # A number of its own: the loop must not meet one that is watched already.
    watched = os.dup(terminal)
    loop.add_reader(watched, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(watched)
        os.close(watched)
