"""`frontdesk audit export`: take a part of the log away, for people, systems or as evidence."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from bot.cli.console import OK, USAGE, AsJson, command, err, out, plain, say_json
from bot.cli.filtering import (
    AboutPerson,
    ByActor,
    InChannel,
    InWorkspace,
    OfKind,
    OfSpecialist,
    OfTicket,
    Since,
    Until,
    When,
    WithOutcome,
    times,
)
from bot.cli.opened import opened_store
from bot.cli.operating import By, acting, typed_by
from storage.export.runs import ExportJob, Exports, Form
from storage.privacy.erasures import Erasures
from storage.search.filters import Filter

export = typer.Typer(help="Take a part of the log away: entries, a pack of evidence.")


def join(app: typer.Typer) -> None:
    """Add these commands to `frontdesk audit`."""
    app.add_typer(export, name="export")


@export.callback(invoke_without_command=True)
def begin(
    context: typer.Context,
    *,
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.JSONL,
    out_file: Annotated[Path | None, typer.Option("--out", help="The file to write.")] = None,
    when: When = None,
    since: Since = None,
    until: Until = None,
    ticket: OfTicket = None,
    kind: OfKind = None,
    actor: ByActor = None,
    specialist: OfSpecialist = None,
    outcome: WithOutcome = None,
    channel: InChannel = None,
    workspace: InWorkspace = None,
    person: AboutPerson = None,
    with_texts: Annotated[
        bool, typer.Option("--with-texts", help="With texts: somebody else has to approve it.")
    ] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Write entries to a file. That it was taken away is on record."""
    if context.invoked_subcommand is not None:
        return
    if out_file is None and not with_texts:
        err.print(context.get_help())
        raise typer.Exit(USAGE)
    begun, ended = times(when, since, until)
    wanted = Filter(
        since=begun,
        until=ended,
        ticket=ticket,
        kind=kind,
        actor=actor,
        specialist=specialist,
        outcome=outcome,
        channel=channel,
        workspace=workspace,
    )
    _export(
        form,
        wanted,
        person=person,
        with_texts=with_texts,
        by=by,
        out_file=out_file,
        as_json=as_json,
    )


@command
async def _export(
    form: Form,
    wanted: Filter,
    *,
    person: str | None,
    with_texts: bool,
    by: str | None,
    out_file: Path | None,
    as_json: bool,
) -> int:
    async with opened_store() as store:
        exports = Exports(store)
        if person:
            wanted = Filter.of({**wanted.said(), "person": await Erasures(store).person(person)})
        who = acting(by)
        name = await exports.ask(form, wanted, who, with_texts=with_texts, typed_by=typed_by())
        if with_texts or out_file is None:
            out.print(
                f"Asked for: {name}. Somebody else has to approve it: frontdesk audit export "
                f"approve {name} --by NAME; then: frontdesk audit export run {name} --out FILE"
            )
            return OK
        _told(await _run(exports, name, out_file), out_file, as_json)
    return OK


@export.command()
@command
async def approve(name: Annotated[str, typer.Argument()], by: By = None) -> None:
    """Agree to an export of texts that somebody else asked for."""
    async with opened_store() as store:
        await Exports(store).approve(name, acting(by), typed_by=typed_by())
    out.print(f"Approved. It may be made once: frontdesk audit export run {plain(name)} --out FILE")


@export.command()
@command
async def run(
    name: Annotated[str, typer.Argument()],
    out_file: Annotated[Path, typer.Option("--out", help="The file to write.")],
    as_json: AsJson = False,
) -> None:
    """Write an export that was approved."""
    async with opened_store() as store:
        _told(await _run(Exports(store), name, out_file), out_file, as_json)


@export.command("list")
@command
async def list_(as_json: AsJson = False) -> None:
    """List exports, newest first."""
    async with opened_store() as store:
        found = await Exports(store).all()
    for one in found:
        if as_json:
            say_json(asdict(one))
            continue
        texts = " with texts" if one.with_texts else ""
        out.print(
            f"{one.id}  {one.state:<8}  {one.asked:%Y-%m-%d %H:%M}  {one.form}{texts}  "
            f"{one.rows:,} entries  {plain(one.asked_by)}"
        )
    if not found and not as_json:
        out.print("Nothing was ever exported.")


async def _run(exports: Exports, name: str, path: Path) -> ExportJob:
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("entries", total=None)

        def said(count: int) -> None:
            progress.update(task, completed=count, description=f"{count:,} entries")

        return await exports.run(name, path, said)


def _told(done: ExportJob, path: Path, as_json: bool) -> None:
    if as_json:
        say_json(asdict(done))
    else:
        out.print(f"{done.rows:,} entries are in {plain(str(path))}, SHA-256 {done.sha256}")
