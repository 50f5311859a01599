"""Where the desk of the fault machine posts: a table that anybody may write to, at any time.

It stands for Slack: it takes the same thing twice, and it can be asked what is there.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path

from frontdesk import PostError, PostUnknown
from router.records import Conversation, Outcome
from storage.guard import may_speak

Strike = Callable[[str], Awaitable[None]]
"""Lives on, or not."""


def create(path: Path) -> None:
    """Make an empty board."""
    with closing(_connected(path)) as board:
        board.execute("PRAGMA journal_mode=WAL")
        board.execute("CREATE TABLE post (key TEXT, thread TEXT, text TEXT, at REAL, pid INTEGER)")


def posts(path: Path) -> list[tuple[str, str, str]]:
    """Key, thread and text of all that was posted, in order."""
    with closing(_connected(path)) as board:
        return board.execute("SELECT key, thread, text FROM post ORDER BY rowid").fetchall()


def twice(path: Path) -> dict[str, int]:
    """What stands there more than once, and how often."""
    seen = Counter(key for key, _, _ in posts(path))
    return {key: count for key, count in seen.items() if count > 1}


class BoardMessenger:
    """Posts on a board. `strike` may end or freeze the process at the points within."""

    def __init__(self, path: Path, strike: Strike, chance: random.Random, lost: float) -> None:
        self._path = path
        self._strike = strike
        self._chance = chance
        self._lost = lost

    async def post(self, conversation: Conversation, outcome: Outcome, key: str) -> str:
        """Post; sometimes it arrives and nobody says so, sometimes it is refused."""
        await self._strike("before the post")
        if self._chance.random() < self._lost:
            raise PostError("refused")
        if not may_speak():
            raise PostError("held up")
        await self._strike("in the post")
        name = await asyncio.to_thread(self._insert, conversation, outcome, key)
        await self._strike("after the post")
        if self._chance.random() < self._lost:
            raise PostUnknown("the answer got lost")
        return name

    async def find(self, conversation: Conversation, key: str) -> str | None:
        """Look it up."""
        await self._strike("before the look-up")
        return await asyncio.to_thread(self._found, key)

    async def withdraw(self, conversation: Conversation, key: str, kept: str) -> Sequence[str]:
        """Take back all but one."""
        return await asyncio.to_thread(self._taken_back, key, kept)

    async def progress(self, conversation: Conversation, step: str) -> None:
        """Nobody watches."""

    def _insert(self, conversation: Conversation, outcome: Outcome, key: str) -> str:
        with closing(_connected(self._path)) as board:
            row = (key, conversation.conversation, outcome.text, time.time(), os.getpid())
            cursor = board.execute("INSERT INTO post VALUES (?, ?, ?, ?, ?)", row)
            return f"post {cursor.lastrowid}"

    def _taken_back(self, key: str, kept: str) -> list[str]:
        with closing(_connected(self._path)) as board:
            others = "DELETE FROM post WHERE key = ? AND 'post ' || rowid <> ? RETURNING rowid"
            return [f"post {rowid}" for (rowid,) in board.execute(others, (key, kept))]

    def _found(self, key: str) -> str | None:
        with closing(_connected(self._path)) as board:
            row = board.execute("SELECT rowid FROM post WHERE key = ?", (key,)).fetchone()
        return None if row is None else f"post {row[0]}"


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=30, isolation_level=None)
