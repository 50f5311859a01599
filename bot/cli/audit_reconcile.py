"""`frontdesk audit reconcile`: hold the log against what Slack really shows."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.console import FOUND, OK, AsJson, command, out, plain, say_json
from bot.settings import Settings, load_settings
from bot.slack.auditing import Reconciled, reconcile
from frontdesk import SettingsError
from storage.database import open_store

MOST_SHOWN = 20


def join(app: typer.Typer) -> None:
    """Add the command to `frontdesk audit`."""
    app.command("reconcile")(reconcile_)


@command
async def reconcile_(
    days: Annotated[int, typer.Option(min=1, max=400, help="How far back.")] = 7,
    as_json: AsJson = False,
) -> int:
    """Hold the log against what Slack really shows, in the channels that the desk wrote to.

    Every message of the desk in Slack must have an entry that says so, with the same time stamp,
    and every such entry its message. Exit code 1 if not.
    """
    return OK if await reconciled(load_settings(), days, as_json=as_json) else FOUND


async def reconciled(settings: Settings, days: int = 7, *, as_json: bool = False) -> bool:
    """Do it and say what came of it; whether they agree.

    Raises:
        SettingsError: there is no token to read Slack with.
    """
    if settings.slack_bot_token is None:
        raise SettingsError("set SLACK_BOT_TOKEN: the log is held against what that bot can see")
    client = AsyncWebClient(
        settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url
    )
    store = await asyncio.to_thread(open_store, settings.database_url, settings.keys)
    try:
        since = datetime.now(UTC) - timedelta(days=days)
        found = await reconcile(store, client, since)
    finally:
        await store.close()
    if as_json:
        say_json(asdict(found) | {"ok": found.ok})
    else:
        _say(found, days)
    return found.ok


def _say(found: Reconciled, days: int) -> None:
    for channel, ts in found.unexplained[:MOST_SHOWN]:
        out.print(f"unexplained: {plain(channel)} {ts}: Slack shows it, no entry says so")
    for channel, ts in found.missing[:MOST_SHOWN]:
        out.print(f"missing: {plain(channel)} {ts}: an entry says so, Slack does not show it")
    out.print(
        f"{found.messages} messages of the desk in {len(found.channels)} channels in {days} days: "
        f"{len(found.unexplained)} without an entry, {len(found.missing)} entries without one."
    )
