"""The command line: `frontdesk --help` is the tour."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from bot.cli import audit, db, plugins, tickets
from bot.cli.chat import chat
from bot.cli.doctor import doctor
from bot.cli.run import run
from bot.cli.triage import triage

TOUR = """
The support desk: it routes what people write to specialists, checks every reply, and keeps a
record that cannot be altered unnoticed.

Begin with [bold]frontdesk chat[/] and ask it something. [bold]frontdesk triage[/] puts a whole file
of tickets through the desk; [bold]frontdesk tickets[/] and [bold]frontdesk audit[/] show what
became of them, and why. [bold]frontdesk plugins list[/] says who answers.
[bold]frontdesk doctor[/] says what is set, from where, and what to do if something is missing.

Exit codes: 0 done, 1 found something wrong, 2 wrong usage, 3 could not run.
"""

app = typer.Typer(
    help=TOUR, no_args_is_help=True, rich_markup_mode="rich", pretty_exceptions_enable=False
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"frontdesk {version('frontdesk')}")
        raise typer.Exit


@app.callback()
def main(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Set up what all commands share."""


app.command()(run)
app.command()(chat)
app.command()(triage)
app.add_typer(tickets.app, name="tickets")
app.add_typer(audit.app, name="audit")
app.add_typer(plugins.app, name="plugins")
app.add_typer(db.app, name="db")
app.command()(doctor)
