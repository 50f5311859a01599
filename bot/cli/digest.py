"""`frontdesk digest`: a day in figures, as the triage channel gets it each morning."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markdown import Markdown

from bot.cli.console import USAGE, AsJson, command, err, out, say_json
from bot.cli.opened import opened_store
from bot.doors.digest import rendered
from bot.settings import load_settings
from frontdesk import SettingsError


@command
async def digest(
    day: Annotated[str, typer.Option(help="As 2026-11-20; yesterday if not given.")] = "",
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Write the picture there, a PNG.")
    ] = None,
    as_json: AsJson = False,
) -> int | None:
    """Tell of a day: what came in, who answered, what was late, what people put right."""
    zone = ZoneInfo(load_settings().sla.zone)
    try:
        wanted = date.fromisoformat(day) if day else _yesterday(zone)
    except ValueError:
        err.print("--day: write it like 2026-11-20.")
        return USAGE
    async with opened_store() as store:
        figures, text, picture = await rendered(store, wanted, zone, {})
    if out_file is not None:
        _write(out_file, picture)
    if as_json:
        say_json(asdict(figures))
    else:
        out.print(Markdown(text))
        if out_file is not None:
            out.print(f"\nThe picture is in {out_file}.", markup=False)
    return None


def _yesterday(zone: ZoneInfo) -> date:
    return (datetime.now(UTC).astimezone(zone) - timedelta(days=1)).date()


def _write(file: Path, picture: bytes) -> None:
    try:
        file.write_bytes(picture)
    except OSError as error:
        raise SettingsError(f"--out: {file} cannot be written ({error.strerror})") from error
