"""`frontdesk audit erase`, `subject`, `hold`, `retention`: what is kept of people, and how long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.audit_hold import holds
from bot.cli.audit_retention import retention
from bot.cli.console import FOUND, OK, USAGE, AsJson, command, err, out, plain, say_json
from bot.cli.opened import opened_store
from bot.cli.operating import By, acting, typed_by
from bot.settings import load_settings
from storage.ledger.verify import verify
from storage.privacy.certificate import Certificate
from storage.privacy.erasing import Held, NotYet
from storage.privacy.erasures import ErasureCase, ErasurePlan, Erasures
from storage.privacy.facts import Basis
from storage.privacy.retention import days_of
from storage.privacy.subject_export import export as export_subject

erase = typer.Typer(help="Erase what a person wrote, with a second person's approval.")
subject = typer.Typer(no_args_is_help=True, help="What is kept of a person.")

Subject = Annotated[
    str, typer.Option("--subject", help="slack:U123, slack:U123:T1, or a reference of the record.")
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Where the certificate goes: .json, .md or .pdf.")
]


def join(app: typer.Typer) -> None:
    """Add these commands to `frontdesk audit`."""
    app.add_typer(erase, name="erase")
    app.add_typer(subject, name="subject")
    app.add_typer(holds, name="hold")
    app.add_typer(retention, name="retention")


@erase.callback(invoke_without_command=True)
def request(
    context: typer.Context,
    *,
    who: Annotated[str, typer.Option("--subject", help="slack:U123[:T1], or a reference.")] = "",
    basis: Annotated[Basis, typer.Option(help="Why: the ground in law.")] = Basis.CONSENT_WITHDRAWN,
    requested_by: Annotated[
        str | None, typer.Option(help="Who asks, if it is not the user of the machine.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask for a person to be erased. Somebody else approves it: `frontdesk audit erase approve`."""
    if context.invoked_subcommand is not None:
        return
    if not who:
        err.print(context.get_help())
        raise typer.Exit(USAGE)
    _request(who, basis, requested_by, dry_run, as_json)


@command
async def _request(
    who: str, basis: Basis, requested_by: str | None, dry_run: bool, as_json: bool
) -> int:
    async with opened_store() as store:
        erasures = Erasures(store)
        person = await erasures.person(who)
        plan = await erasures.plan(person)
        name = ""
        if not dry_run:
            by = acting(requested_by)
            name = await erasures.file(person, basis, by, typed_by=typed_by())
    if as_json:
        say_json({"erasure": name, "plan": asdict(plan)})
    else:
        _print_plan(plan, name)
    return FOUND if plan.holds else OK


@erase.command("list")
@command
async def list_(as_json: AsJson = False) -> None:
    """List erasures, newest first; those that wait are to be approved or declined."""
    async with opened_store() as store:
        found = await Erasures(store).all()
    if as_json:
        for one in found:
            say_json(asdict(one))
    else:
        _print_cases(found)


@erase.command()
@command
async def approve(
    erasure: Annotated[str, typer.Argument(help="Its name, such as E-2MY6D0G9WMCF.")],
    by: By = None,
    basis: Annotated[Basis | None, typer.Option(help="Another ground than was given.")] = None,
    out_file: Out = None,
    as_json: AsJson = False,
) -> int:
    """Approve an erasure that somebody else asked for; carry it out, certify it, verify the log."""
    settings = load_settings()
    began = time.perf_counter()
    async with opened_store() as store:
        erasures = Erasures(store, settings.key_backup_days, settings.exports)
        try:
            made = await erasures.approve(erasure, acting(by), basis=basis, typed_by=typed_by())
        except NotYet as wait:
            out.print(f"[yellow]Not yet:[/] {plain(str(wait))}.")
            return OK
        except Held as held:
            out.print(f"[bold red]Held:[/] {plain(str(held))}.")
            return FOUND
    seconds = time.perf_counter() - began
    report = await asyncio.to_thread(verify, settings.database_url, settings.keys)
    _give(made, out_file, as_json)
    clean = "verifies clean" if report.ok else f"has {report.found} findings: run audit verify"
    err.print(f"Erased in {seconds:.1f} s; the audit trail {clean}.")
    return OK if report.ok else FOUND


@erase.command()
@command
async def decline(erasure: Annotated[str, typer.Argument()], by: By = None) -> None:
    """Refuse an erasure for good."""
    async with opened_store() as store:
        await Erasures(store).decline(erasure, acting(by))
    out.print(f"Declined: {plain(erasure)}. It is on record.")


@erase.command()
@command
async def certificate(
    erasure: Annotated[str, typer.Argument()], out_file: Out = None, as_json: AsJson = False
) -> None:
    """Give the certificate of an erasure that was carried out."""
    async with opened_store() as store:
        _give(await Erasures(store).certificate(erasure), out_file, as_json)


@subject.command("export")
@command
async def export_(
    who: Subject,
    out_file: Annotated[Path, typer.Option("--out", help="The JSON file to write.")],
    by: By = None,
) -> None:
    """Write all that is kept of a person to a file, for them. It is on record."""
    settings = load_settings()
    days = days_of(settings.retention_days, settings.retention)
    async with opened_store() as store:
        person = await Erasures(store).person(who)
        given = await export_subject(store, person, acting(by), days=days, typed_by=typed_by())
        await asyncio.to_thread(_private, out_file, given.content)
    out.print(f"{given.texts} texts of {plain(who)} are in {plain(str(out_file))}.")


def _private(path: Path, content: bytes) -> None:
    """Write a file that nobody else on the machine may read."""
    path.touch(mode=0o600)
    path.write_bytes(content)


def _give(made: Certificate, path: Path | None, as_json: bool) -> None:
    if path is None:
        out.print(made.json if as_json else made.markdown, markup=False)
        return
    if path.suffix == ".pdf":
        from storage.export.pdf import certificate_pdf  # noqa: PLC0415 - takes its time to import

        path.write_bytes(certificate_pdf(made))
    else:
        path.write_text(made.json if path.suffix == ".json" else made.markdown, encoding="utf-8")
    out.print(f"The certificate is in {plain(str(path))}.")


def _print_plan(plan: ErasurePlan, name: str) -> None:
    texts = ", ".join(f"{count} {field}" for field, count in sorted(plan.texts.items()))
    out.print(
        f"{sum(plan.texts.values())} texts of {plan.entries} entries, {len(plan.tickets)} tickets, "
        f"{'go when it is approved' if name else 'would go'}: {plain(texts) or 'none'}."
    )
    if plan.holds:
        out.print(f"[bold red]Held by {', '.join(plan.holds)}:[/] it would be refused.")
    if name:
        out.print(f"Somebody else approves it: frontdesk audit erase approve {name} --by NAME")


def _print_cases(found: Sequence[ErasureCase]) -> None:
    for one in found:
        done = f"{one.texts} texts" if one.done else one.known_as or one.person
        out.print(
            f"{one.id}  {one.state:<9}  {one.requested:%Y-%m-%d %H:%M}  {one.basis:<13}  "
            f"{plain(done)}  asked by {plain(one.requested_by)}"
        )
    if not found:
        out.print("No erasure was ever asked for.")
