"""`python -m bot.sandbox`: run a sandbox by itself and print what an app needs to join it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from pathlib import Path

from bot.sandbox.server import Sandbox, serve


def print_exports(sandbox: Sandbox) -> None:
    """Print the page's address and the environment for the app."""
    settings = settings_of(sandbox)
    lines = [f"Open {settings.pop('page')} and start your app with:"]
    lines += [f"export {name}={value}" for name, value in settings.items()]
    _print("\n".join(lines))


def print_json(sandbox: Sandbox) -> None:
    """Print the same as one line of JSON, for a program that starts the sandbox."""
    _print(json.dumps(settings_of(sandbox)))


def settings_of(sandbox: Sandbox) -> dict[str, str]:
    """Return the page's address and what an app needs in its environment."""
    return {
        "page": sandbox.base_url,
        "SLACK_API_URL": sandbox.api_url,
        "SLACK_BOT_TOKEN": sandbox.bot_token,
        "SLACK_APP_TOKEN": sandbox.app_token,
        "SLACK_SIGNING_SECRET": sandbox.signing_secret,
        "SLACK_CLIENT_ID": sandbox.core.app.client_id,
        "SLACK_CLIENT_SECRET": sandbox.core.app.client_secret,
        "TRIAGE_CHANNEL": sandbox.workspace.channel("triage").id,
    }


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Read the command line and serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=3001, help="0 picks a free one")
    parser.add_argument("--manifest", type=Path, help="the app's manifest.json")
    parser.add_argument("--request-url", help="deliver over HTTP to this address")
    parser.add_argument("--json", action="store_true", help="print the settings as JSON")
    chosen = parser.parse_args()
    manifest = json.loads(chosen.manifest.read_text()) if chosen.manifest else None
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(
            serve(
                chosen.host,
                chosen.port,
                manifest=manifest,
                request_url=chosen.request_url,
                announce=print_json if chosen.json else print_exports,
            )
        )


if __name__ == "__main__":
    main()
