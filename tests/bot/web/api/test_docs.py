"""What docs/api.md shows works as it stands there, against a desk without Slack."""

import json
import os
import re
import shlex
import signal
import socket
import string
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.programs import FRONTDESK, environment

DOCS = Path(__file__).parents[4] / "docs" / "api.md"
PATIENCE = 60.0


@dataclass
class Shell:
    """A shell that knows `curl -s` with -H and -d, and the variables of the page."""

    variables: dict[str, str] = field(default_factory=dict)

    def run(self, example: str) -> Any:
        """Do what an example does; give the answer's JSON."""
        command, quiet, address, *options = shlex.split(
            string.Template(example.replace("\\\n", " ")).substitute(self.variables)
        )
        assert (command, quiet) == ("curl", "-s")
        headers, body = {}, None
        for flag, value in zip(options[::2], options[1::2], strict=True):
            if flag == "-d":
                body = value.encode()
            else:
                assert flag == "-H"
                name, _, text = value.partition(": ")
                headers[name] = text
        method = "POST" if body else "GET"
        answer = httpx.request(method, address, content=body, headers=headers, timeout=PATIENCE)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()


def examples() -> list[str]:
    """The page's calls, in order."""
    blocks = re.findall(r"```sh\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    return [block for block in blocks if block.startswith("curl")]


@pytest.fixture
def shell(tmp_path: Path, cache: Path) -> Iterator[Shell]:
    """A desk that serves the API without Slack, and a token for it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = environment(tmp_path, cache, PORT=str(port))
    create = [FRONTDESK, "tokens", "create", "website", "--json"]
    made = subprocess.run(create, cwd=tmp_path, env=own, capture_output=True, check=True)
    with subprocess.Popen(
        [FRONTDESK, "web"], cwd=tmp_path, env=own, stderr=subprocess.DEVNULL
    ) as desk:
        address = f"http://127.0.0.1:{port}"
        try:
            _until_there(f"{address}/healthz")
            yield Shell({"DESK": address, "TOKEN": json.loads(made.stdout)["token"]})
        finally:
            desk.send_signal(signal.SIGTERM)
            assert desk.wait(PATIENCE) == os.EX_OK


def _until_there(address: str) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            httpx.get(address)
        except httpx.ConnectError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the desk was not there")


def test_the_examples_do_what_the_page_says(shell: Shell) -> None:
    opening, listing, showing, adding, rating = examples()

    opened, again = shell.run(opening), shell.run(opening)
    shell.variables["TICKET"] = opened["ticket"]
    listed = shell.run(listing)
    ends = time.monotonic() + PATIENCE
    while len((shown := shell.run(showing))["messages"]) < 2 and time.monotonic() < ends:
        time.sleep(0.1)
    added, rated = shell.run(adding), shell.run(rating)

    assert again == opened
    assert [one["id"] for one in listed["tickets"]] == [opened["ticket"]]
    assert listed["next"] is None
    assert [one["author"] for one in shown["messages"]] == ["requester", "desk"]
    assert shown["decisions"][0]["specialist"] == "billing"
    assert added["ticket"] == opened["ticket"]
    assert rated["score"] == 5
    assert shell.run(showing)["satisfaction"] == 5
