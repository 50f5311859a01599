"""`frontdesk audit verify`: show that the audit trail is what was written."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bot.cli.audit_reconcile import reconciled
from bot.cli.console import FOUND, OK, USAGE, AsJson, command, err, out, plain, say_json
from bot.settings import load_settings
from storage.ledger.verify import AuditFinding, VerifyReport
from storage.ledger.verify.going_on import verify_on

MOST_SHOWN = 20


class Reconcile(StrEnum):
    """What else the log can be held against."""

    SLACK = "slack"


def join(app: typer.Typer) -> None:
    """Add the command to `frontdesk audit`."""
    app.command("verify")(verify_)


@command
async def verify_(
    *,
    full: Annotated[
        bool, typer.Option("--full", help="All entries, also those that were verified before.")
    ] = False,
    since: Annotated[
        int | None,
        typer.Option(min=0, help="From this place of the log on (down to a checkpoint)."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="File with checkpoints or public keys that somebody else has kept."),
    ] = None,
    against_slack: Annotated[
        Reconcile | None,
        typer.Option("--reconcile", help="Hold the log of a week against what Slack shows, too."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Show that the audit trail is what was written, or name the first entry that is not.

    It reads the database and changes nothing. In a log of more than 20,000 entries those that were
    verified before are taken as they were then (it is remembered beside the keys up to where),
    unless something is found; --full looks at everything again. With --against
    the log must also agree with checkpoints that were kept elsewhere (`audit checkpoint`, or an
    anchor's file) and with the public keys in that file. Exit code 1 if anything was altered.
    """
    if full and since is not None:
        err.print("--full and --since do not go together.")
        return USAGE
    settings = load_settings()
    url, since = settings.database_url, 0 if full else since
    report = await asyncio.to_thread(verify_on, url, settings.keys, since=since, against=against)
    if as_json:
        say_json(asdict(report))
    else:
        print_report(report)
    agrees = against_slack is None or await reconciled(settings, as_json=as_json)
    return OK if report.ok and agrees else FOUND


def print_report(report: VerifyReport) -> None:
    """Print what a verification found, the first bad entry first."""
    for finding in report.findings[:MOST_SHOWN]:
        out.print(_finding(finding))
    if report.found > MOST_SHOWN:
        out.print(f"… and {report.found - MOST_SHOWN} more findings.")
    for skipped in report.skipped:
        err.print(f"[yellow]not checked:[/] {plain(skipped)}")
    if report.ok:
        out.print(f"[green]Unaltered:[/] {report.checked} entries, log size {report.size}.")
        out.print(f"Root {report.root}")
    else:
        first = report.findings[0]
        out.print(f"[bold red]Altered:[/] the first bad entry is {plain(_place(first))}.")


def _place(finding: AuditFinding) -> str:
    """The entry, or, where it is gone, where it was."""
    if finding.entry:
        return finding.entry
    if finding.log_index is not None:
        return f"the one at place {finding.log_index} of the log"
    return f"of ticket {finding.ticket}" if finding.ticket else "in the log's own tables"


def _finding(finding: AuditFinding) -> Text:
    place = "" if finding.log_index is None else f" (log index {finding.log_index})"
    return Text(f"{finding.code}: {finding.entry or '-'}{place}: {finding.message}")
