"""`frontdesk audit prove`, `check-proof`, `dictionary`: what others need to check the log."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.markdown import Markdown

from bot.cli.console import COULD_NOT_RUN, FOUND, OK, AsJson, command, err, out, plain, say_json
from bot.cli.opened import opened_store
from bot.cli.operating import acting
from frontdesk import StoreError
from storage.export import dictionary as words
from storage.export.proofs import SUFFIX, check
from storage.export.proofs import prove as proof
from storage.looking import Look, ids_digest, looked
from storage.reading import need


def join(app: typer.Typer) -> None:
    """Add these commands to `frontdesk audit`."""
    app.command()(prove)
    app.command("check-proof")(check_proof)
    app.command()(dictionary)


@command
async def prove(
    entry: Annotated[str, typer.Argument(help="An entry's id, or part of it.")],
    out_file: Annotated[
        Path | None, typer.Option("--out", "-o", help=f"The file to write: NAME{SUFFIX}.")
    ] = None,
) -> None:
    """Write the proof that an entry is in the signed log; anybody can check it without us."""
    async with opened_store() as store:
        made = await proof(store, entry)
        digest = ids_digest([made.entry])
        about = {"proof": made.entry}
        await looked(store, acting(None), Look.VIEWED, about, count=1, digest=digest)
    if out_file is None:
        out.print(made.text, end="", markup=False, soft_wrap=True)
        return
    await asyncio.to_thread(out_file.write_text, made.text, "utf-8")
    out.print(f"Place {made.index} of {made.size}: the proof is in {plain(str(out_file))}.")


@command
async def check_proof(
    file: Annotated[Path, typer.Argument(help="A proof, as `prove` writes it.")],
    vkey: Annotated[
        Path | None, typer.Option(help="The log's public key, if it is not this desk's.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Check a proof against the log's public key. Exit code 1 if it proves nothing."""
    try:
        text = await asyncio.to_thread(file.read_text, "utf-8")
        key = await asyncio.to_thread(vkey.read_text, "utf-8") if vkey else await _own_key()
    except OSError as error:
        err.print(f"[bold red]frontdesk:[/] {plain(str(error))}")
        return COULD_NOT_RUN
    try:
        proven = check(text, key)
    except StoreError as error:
        out.print(f"[bold red]Not proven:[/] {plain(str(error))}.")
        return FOUND
    if as_json:
        say_json({"index": proven.index, "size": proven.size, "leaf": proven.leaf})
    else:
        out.print(f"[green]Proven:[/] place {proven.index} of a signed log of {proven.size}.")
        out.print(plain(proven.leaf), soft_wrap=True)
    return OK


@command
async def dictionary(
    markdown: Annotated[bool, typer.Option("--md", help="Print Markdown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what every kind of entry and every field of it means."""
    if as_json:
        say_json(words.content())
    elif markdown or not out.is_terminal:
        out.print(words.markdown(), end="", markup=False, soft_wrap=True)
    else:
        out.print(Markdown(words.markdown()))


async def _own_key() -> str:
    async with opened_store() as store:
        return need(store.keys).vkey
