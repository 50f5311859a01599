"""`frontdesk audit checkpoint`, `keys`, `anchor`, `anchors`: what lies outside of the database."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict

import typer

from bot.anchors.job import Anchoring, with_pq
from bot.anchors.made import places
from bot.cli.console import FOUND, OK, AsJson, command, err, out, plain, say_json
from bot.cli.opened import opened_store
from bot.settings import load_settings
from frontdesk import SettingsError
from storage.database import open_store
from storage.ledger import anchors, cosign
from storage.reading import need


def join(app: typer.Typer) -> None:
    """Add the commands to `frontdesk audit`."""
    app.command()(checkpoint)
    app.command()(keys)
    app.command("anchors")(anchors_)
    app.command()(anchor)


@command
async def checkpoint() -> None:
    """Print the newest signed checkpoint: keep it, and `audit verify --against` checks it later."""
    async with opened_store() as store:
        signed = await store.read(anchors.newest)
        if signed is None:
            raise SettingsError("nothing is logged yet: there is no checkpoint")
        note = with_pq(store, signed).note if store.keys else signed.note
    sys.stdout.write(note)  # byte for byte: the signatures depend on it


@command
async def keys() -> None:
    """Print the log's public keys: hand them to reviewers, who pin them in a file."""
    async with opened_store() as store:
        own = need(store.keys)
        seed = own.seed_pq()
        vkeys = [own.vkey, *([cosign.pq_verifier(own.origin, seed).vkey] if seed else [])]
    for vkey in vkeys:
        out.print(vkey, markup=False, soft_wrap=True)


@command
async def anchors_(as_json: AsJson = False) -> None:
    """List where checkpoints are kept elsewhere, and up to where."""
    async with opened_store() as store:
        found = await store.read(anchors.standing)
    for one in found:
        if as_json:
            say_json(asdict(one))
        else:
            out.print(plain(anchors.told(one)))
    if not found and not as_json:
        out.print("No checkpoint is kept elsewhere yet. `frontdesk doctor` lists the settings.")


@command
async def anchor() -> int:
    """Keep the newest checkpoint everywhere that the settings name, now."""
    settings = load_settings()
    named = tuple(places(settings))
    if not named:
        raise SettingsError(
            "no place is set: name one by FRONTDESK_ANCHOR_FILE, FRONTDESK_ANCHOR_GIT, "
            "FRONTDESK_ANCHOR_CHANNEL, FRONTDESK_TSA_URL or FRONTDESK_WITNESSES"
        )
    store = await asyncio.to_thread(open_store, settings.database_url, settings.keys)
    job = Anchoring(store, named)
    try:
        took = await job.tick()
        await store.sequence()
    finally:
        await store.close()
    for problem in job.problems.values():
        err.print(plain(problem))
    out.print(f"{took} of {len(named)} places took the newest checkpoint.")
    return FOUND if job.problems else OK
