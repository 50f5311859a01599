"""The command line: `frontdesk --help` is the tour."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.group import lazy_group

TOUR = """
The support desk: it routes what people write to specialists, checks every reply, and keeps a
record that cannot be altered unnoticed.

Begin with [bold]frontdesk chat[/] and ask it something. [bold]frontdesk triage[/] puts a whole file
of tickets through the desk; [bold]frontdesk tickets[/] and [bold]frontdesk audit[/] show what
became of them, and why. [bold]frontdesk plugins list[/] says who answers.
[bold]frontdesk doctor[/] says what is set, from where, and what to do if something is missing.

Exit codes: 0 done, 1 found something wrong, 2 wrong usage, 3 could not run.
"""

COMMANDS = (
    ("run", "Start what is configured.", "bot.cli.run:run"),
    ("web", "Take in over HTTP, and serve the pages and the API.", "bot.cli.processes:web"),
    ("worker", "Run turns.", "bot.cli.processes:worker"),
    ("clock", "Do what is due.", "bot.cli.processes:clock"),
    ("chat", "Talk to the desk in the terminal.", "bot.cli.chat:chat"),
    ("triage", "Put a file of tickets through the whole desk.", "bot.cli.triage:triage"),
    ("tickets", "What came in, and what became of it.", "bot.cli.tickets:app"),
    ("sla", "Deadlines, and how they were kept.", "bot.cli.sla:app"),
    ("audit", "Every decision, and proof that it is unchanged.", "bot.cli.audit:app"),
    ("plugins", "The specialists that are installed.", "bot.cli.plugins:app"),
    ("eval", "How good the desk is on labelled data.", "bot.cli.eval:eval_"),
    ("tokens", "Who may use the API.", "bot.cli.tokens:app"),
    ("digest", "A day in figures, and as a picture.", "bot.cli.digest:digest"),
    ("slack", "The app in Slack: its manifest and scopes.", "bot.cli.slack:app"),
    ("people", "Who gets in at the console, and as what.", "bot.cli.people:app"),
    ("db", "The schema of the database.", "bot.cli.db:app"),
    ("doctor", "Check whether everything is there.", "bot.cli.doctor:doctor"),
)
"""Each command: its name, what it is for, and where it is."""


app = typer.Typer(
    cls=lazy_group(COMMANDS),
    help=TOUR,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - reading metadata takes its time

        typer.echo(f"frontdesk {version('frontdesk')}")
        raise typer.Exit


@app.callback()
def main(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Set up what all commands share."""
