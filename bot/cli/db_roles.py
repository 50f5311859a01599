"""`frontdesk db roles`: who may do what to the audit trail, in PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from bot.cli.console import command, err, out, plain
from bot.settings import load_settings
from storage.roles import lay_roles


def join(app: typer.Typer) -> None:
    """Add the command to `frontdesk db`."""
    app.command()(roles)


@command
async def roles(
    login: Annotated[
        str, typer.Option(help="The role that the desk logs in with, to be given what it needs.")
    ] = "",
    tell: Annotated[bool, typer.Option("--print", help="Only print the statements.")] = False,
) -> None:
    """Lay the roles down that keep the desk from changing what it wrote (PostgreSQL).

    Run it as an administrator of the database, after each `frontdesk db upgrade`.
    """
    settings = load_settings()
    laid = await asyncio.to_thread(lay_roles, settings.database_url, login, only_tell=tell)
    if tell:
        for statement in laid.statements:
            out.print(f"{statement.strip()};", markup=False, soft_wrap=True)
        return
    out.print("The roles are there, and the audit trail belongs to audit_owner.")
    if laid.refused:
        err.print(
            "[yellow]Not laid down:[/] what refuses to drop and to alter the tables takes a "
            f"superuser: {plain(laid.refused)}"
        )
