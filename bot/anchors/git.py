"""A git repository: a commit for each checkpoint, pushed to where others fetch it from, if any."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from bot.anchors.places import Checkpoint, NotKept
from storage.ledger.anchors import Receipt

_SECONDS = 60.0
_WHO = ("-c", "user.name=Frontdesk", "-c", "user.email=frontdesk@localhost")
_PLAIN = ("-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null")
FILE = "checkpoint"
"""Holds the newest note; the history of the file has all others."""


@dataclass(frozen=True, slots=True)
class GitRepository:
    """A clone of a repository; the folder is made one if it is none. `push` sends it on."""

    folder: Path
    push: bool = False
    kind: str = "git"

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    async def keep(self, checkpoint: Checkpoint) -> Receipt:
        """Commit a note; the receipt is the commit's name."""
        try:
            return await self._commit(checkpoint)
        except (OSError, TimeoutError) as error:
            raise NotKept(f"the repository {self.folder}: {error}") from error

    async def _commit(self, checkpoint: Checkpoint) -> Receipt:
        if not (self.folder / ".git").exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            await self._git("init", "--quiet")
        (self.folder / FILE).write_text(checkpoint.signed.note, encoding="utf-8")
        await self._git("add", "--", FILE)
        message = f"Checkpoint at {checkpoint.signed.size} entries"
        await self._git("commit", "--quiet", "--allow-empty", "-m", message, "--", FILE)
        commit = await self._git("rev-parse", "HEAD")
        if self.push:
            await self._git("push", "--quiet")
        return Receipt(commit.strip().encode())

    async def _git(self, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *("git", "-C", str(self.folder), *_WHO, *_PLAIN, *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )
        async with asyncio.timeout(_SECONDS):
            told, wrong = await process.communicate()
        if process.returncode:
            says = wrong.decode(errors="replace").strip().splitlines()
            raise NotKept(f"git {arguments[0]} in {self.folder}: {says[-1] if says else 'failed'}")
        return told.decode()
