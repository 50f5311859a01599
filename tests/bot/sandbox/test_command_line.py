"""`python -m bot.sandbox` says all an app needs to join."""

import asyncio
import json
import sys
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient


async def test_json_line_is_enough_to_join(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"display_information": {"name": "Help Desk"}}))
    command = ["-m", "bot.sandbox", "--port", "0", "--json", "--manifest", str(manifest)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        settings = json.loads(await asyncio.wait_for(process.stdout.readline(), 10))
        client = AsyncWebClient(
            token=settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"]
        )
        assert (await client.auth_test())["user"] == "help-desk"
    finally:
        process.terminate()
        await process.communicate()
