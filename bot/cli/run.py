"""`frontdesk run`: start what is configured; with nothing set up, beside a Slack of its own."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.cli.console import command, out
from bot.cli.stopping import stopping_gently
from bot.settings import Settings, load_settings
from bot.slack.manifest import Variant, manifest
from bot.slack.serving import serve_slack
from bot.web.access.welcome import way_in
from frontdesk import FrontdeskError

PATIENCE_SECONDS = 20


class SandboxError(FrontdeskError):
    """The local stand-in for Slack did not start."""


@command
async def run() -> None:
    """Start what is configured.

    With Slack's tokens in the environment it serves that workspace: SLACK_BOT_TOKEN, and
    SLACK_APP_TOKEN for Socket Mode or SLACK_SIGNING_SECRET for HTTP. With SLACK_CLIENT_ID and
    SLACK_CLIENT_SECRET it serves all workspaces that install it. Without any, it starts a local
    stand-in for Slack with a page to try the desk in. Stop it with Ctrl-C.
    """
    settings = load_settings()
    with stopping_gently(settings.shutdown_seconds):
        if settings.slack_bot_token or settings.slack_client_id:
            out.print("Serving Slack. Ctrl-C stops.")
            await print_way_in(settings)
            await serve_slack(settings)
        else:
            await _with_sandbox(settings)


async def _with_sandbox(settings: Settings) -> None:
    async with _sandbox(_free(settings.port + 1)) as (joined, process):
        page = joined["page"]
        out.print(f"\n  [bold green]Frontdesk is starting.[/]  Open [bold]{page}[/]")
        out.print("  It is a stand-in for Slack: write as Ana in #help, act as staff in #triage.")
        out.print(f"  The desk itself is at http://127.0.0.1:{settings.port}")
        await print_way_in(settings)
        out.print("  Ctrl-C stops it. No message leaves this machine.\n")
        await _while_it_runs(serve_slack(_joining(settings, joined)), process)


async def print_way_in(settings: Settings) -> None:
    """Print the link that signs the owner of an embedded desk in at the console."""
    if (link := await way_in(settings)) is not None:
        out.print(f"  Sign in at the console, once, within an hour:\n  {link}", soft_wrap=True)


async def _while_it_runs(
    serving: Coroutine[Any, Any, None], process: asyncio.subprocess.Process
) -> None:
    """Serve until the sandbox ends; the desk must not wait in silence for one that is gone."""
    served, gone = asyncio.create_task(serving), asyncio.create_task(process.wait())
    try:
        await asyncio.wait({served, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not served.done():
            raise SandboxError("the local stand-in for Slack has ended: start again")
        await served
    finally:
        for task in (served, gone):
            task.cancel()
        await asyncio.gather(served, gone, return_exceptions=True)


def _free(port: int) -> int:
    """The port, or 0 for any if somebody listens there."""
    with socket.socket() as wanted:
        wanted.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            wanted.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return 0
    return port


def _joining(settings: Settings, joined: Mapping[str, str]) -> Settings:
    """The settings, with the sandbox in the place of Slack."""
    return settings.model_copy(
        update={
            "slack_api_url": joined["SLACK_API_URL"],
            "slack_bot_token": SecretStr(joined["SLACK_BOT_TOKEN"]),
            "slack_app_token": SecretStr(joined["SLACK_APP_TOKEN"]),
            "slack_signing_secret": None,
            "slack_client_id": joined["SLACK_CLIENT_ID"],
            "slack_client_secret": SecretStr(joined["SLACK_CLIENT_SECRET"]),
            "slack_triage_channel": settings.slack_triage_channel or joined["TRIAGE_CHANNEL"],
        }
    )


@asynccontextmanager
async def _sandbox(
    port: int,
) -> AsyncIterator[tuple[Mapping[str, str], asyncio.subprocess.Process]]:
    """Run the sandbox as a process of its own: what it says it needs to be joined, and it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "manifest.json"
        file.write_text(json.dumps(manifest(Variant())))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot.sandbox", "--json", "--port", str(port), "--manifest", str(file)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            yield await _announced(process, port), process
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _announced(process: asyncio.subprocess.Process, port: int) -> Mapping[str, str]:
    assert process.stdout is not None  # noqa: S101 - both are pipes
    assert process.stderr is not None  # noqa: S101
    async with asyncio.timeout(PATIENCE_SECONDS):
        line = await process.stdout.readline()
    if not line:
        said = (await process.stderr.read()).decode(errors="replace").strip()
        reason = said.splitlines()[-1] if said else "it said nothing"
        raise SandboxError(
            f"the local stand-in for Slack did not start on port {port}: {reason}. "
            "Set PORT to a free one"
        )
    joined: Mapping[str, str] = json.loads(line)
    return joined
