"""`frontdesk audit begin-anew`: a way on after a backup was restored."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

import typer

from bot.cli.console import COULD_NOT_RUN, OK, command, err, out, plain
from bot.settings import load_settings
from frontdesk import SettingsError
from storage.anew import begin_anew, behind

_WORD = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


def join(app: typer.Typer) -> None:
    """Add the command to `frontdesk audit`."""
    app.command("begin-anew")(begin_anew_)


@command
async def begin_anew_(
    why: Annotated[
        str, typer.Option(help="In a few words joined by dashes, such as restored-backup-of-may-4.")
    ],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; without, only say what is lost.")
    ] = False,
) -> int:
    """Go on with a log that is behind what was signed: after a backup was restored.

    Stop the desk first. The entries that are there stay, under a new log with a signer of its own;
    its first entry says what the old one had signed last, what is lost of it, and why. Hand the new
    public key (`audit keys`) to those who check the log. Shared by all who read it: no names in
    the reason.
    """
    if _WORD.fullmatch(why) is None:
        raise SettingsError("--why: a few words in small letters, joined by dashes")
    settings = load_settings()
    found = await asyncio.to_thread(behind, settings.database_url, settings.keys)
    if found.agrees:
        out.print("The log continues what was signed: there is nothing to begin anew.")
        return OK
    lost = max(found.signed - found.there, 0)
    out.print(
        f"{plain(found.origin)} has {found.there} entries; {found.signed} were signed. "
        + (f"{lost} are lost." if lost else "They are not the same ones.")
    )
    if not yes:
        err.print("Nothing was done. If that is as it must be, run it again with --yes.")
        return COULD_NOT_RUN
    name = await asyncio.to_thread(
        begin_anew, settings.database_url, why, settings.keys, actor="system:operator"
    )
    out.print(f"The log goes on as {plain(name)}.")
    return OK
