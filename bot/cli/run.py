"""`frontdesk run`: start what is configured."""

from __future__ import annotations

from bot.cli.chat import converse
from bot.cli.console import command


@command
async def run() -> None:
    """Start what is configured; with nothing set up, the desk in this terminal."""
    await converse()
