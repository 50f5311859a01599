"""`frontdesk db`: the schema of the database."""

from __future__ import annotations

import asyncio

import typer

from bot.cli import db_roles
from bot.cli.console import AsJson, command, out, say_json
from bot.settings import load_settings
from storage.database import HEAD, migrate
from storage.inspection import inspect_database

app = typer.Typer(no_args_is_help=True, help="The schema of the database.")
db_roles.join(app)


@app.command()
@command
async def upgrade() -> None:
    """Bring the database to this version's schema. Run it once for each release."""
    await asyncio.to_thread(migrate, load_settings().database_url)
    out.print(f"The database has schema {HEAD}, the one that this version needs.")


@app.command()
@command
async def status(as_json: AsJson = False) -> None:
    """Say which schema the database has, and which this version needs."""
    settings = load_settings()
    state = await asyncio.to_thread(inspect_database, settings.database_url, settings.keys)
    if as_json:
        say_json({"good": state.good, "found": state.found, "advice": state.advice})
    else:
        out.print(state.found, state.advice, sep="\n", markup=False)
