"""`frontdesk plugins new`: a whole package to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.console import OK, command, out
from bot.plugins.discovery import discover
from bot.plugins.scaffold import QUESTION, distribution_of, scaffold

Name = Annotated[str, typer.Argument(help="What the specialist is called, such as parking.")]
Where = Annotated[
    Path | None, typer.Option(help="The folder to make; the package's name here if not given.")
]


@command
async def new(name: Name, path: Where = None) -> int:
    """Make a new plugin: a package with a specialist, articles, tests and a README that works.

    Install it as the last lines of the output say, and it answers at once.
    """
    folder = path or Path(distribution_of(name))
    taken = {candidate.name for candidate in discover()[0]}
    for file in scaffold(name, folder, taken):
        out.print(f"  {escape(str(file))}")
    shown = escape(str(folder))
    out.print(f"\n[bold]{escape(name)}[/] is ready. Install it and ask it something:\n")
    out.print(f"  python -m pip install -e {shown}")
    out.print(f"  frontdesk plugins check {shown}")
    out.print(f"  frontdesk chat          and ask: {QUESTION}\n")
    out.print("Then make it yours: the README in the folder says where.")
    return OK
