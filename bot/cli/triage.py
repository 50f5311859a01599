"""`frontdesk triage FILE`: a file of tickets through the whole desk."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from bot.cli.console import FOUND, OK, AsJson, command, err, out, plain, say_json
from bot.cli.desk import opened_desk
from bot.cli.wording import counted
from bot.messengers import RecordOnly
from bot.triage.batch import Done, Failed, run_batch
from bot.triage.reading import BadLine, read_tickets
from bot.triage.report import Report, as_json

File = Annotated[Path, typer.Argument(help="A .csv or .jsonl file: id, text, optional expected.")]
Jobs = Annotated[int, typer.Option(min=1, max=256, help="How many tickets at once.")]
Batch = Annotated[
    str, typer.Option(help="Name of the batch; another name does the same tickets anew.")
]


@command
async def triage(file: File, jobs: Jobs = 8, batch: Batch = "", as_json_: AsJson = False) -> int:
    """Put a file of tickets through the whole desk: route, answer, check, record.

    A ticket is done once: run the same file again and it goes on where it stopped. With --json,
    one object a ticket goes to standard output and everything else to standard error.
    """
    rows = list(read_tickets(file))
    report, problems = Report(), 0
    async with opened_desk(RecordOnly()) as app:
        with _told_how_to_go_on(), _progress() as progress:
            task = progress.add_task("tickets", total=len(rows), rate="")
            name = batch or file.name
            batched = run_batch(rows, desk=app.desk, store=app.store, batch=name, jobs=jobs)
            async with aclosing(batched) as ends:
                async for end in ends:
                    if isinstance(end, Done):
                        report.add(end)
                        if as_json_:
                            say_json(as_json(end))
                    else:
                        problems += 1
                        progress.console.print(_problem(end))
                    progress.advance(task)
                    progress.update(task, rate=_rate(progress, task))
    _tell(report, problems, err if as_json_ else out)
    return FOUND if problems else OK


@contextmanager
def _told_how_to_go_on() -> Iterator[None]:
    try:
        yield
    except asyncio.CancelledError:
        err.print("\nThe same command again goes on from here.")
        raise


def _problem(end: Failed | BadLine) -> str:
    line = end.line if isinstance(end, BadLine) else end.row.line
    return f"[yellow]line {line}:[/] {plain(end.problem)}"


def _progress() -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=err, transient=True, expand=True)


def _rate(progress: Progress, task: int) -> str:
    speed = progress.tasks[task].finished_speed or progress.tasks[task].speed
    return f"{speed:.0f}/s" if speed else ""


def _tell(report: Report, problems: int, console: Console) -> None:
    for table in report.tables(console.width):
        console.print(table, soft_wrap=False)
    if report.before:
        console.print(
            f"{report.before} of {report.total} were done before and only read back; "
            "--batch NAME does them anew."
        )
    if problems:
        console.print(f"{counted(problems, 'line')} could not be done; see above.")
